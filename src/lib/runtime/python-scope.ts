// The thread of one Python process: a worker inside the sandboxed frame, or a thread of the command
// line. Speaks the packets of the pool's threads (node-scope.ts), but hosts a single process and
// answers later: only the engine can switch Python's stacks.
// The program's files are part of this script's own text: `lightconeProgram({...})` at its end.

import type { PythonAssets } from '#lib/languages/python/assets.ts';
import { startInterpreter } from '#lib/languages/python/interpreter.ts';
import { PythonProgram, type PythonFiles } from '#lib/languages/python/program.ts';
import { compileStandardLibrary, makeSnapshot } from '#lib/languages/python/snapshot.ts';
import { createPythonEngine } from '#lib/models/celery/index.ts';
import type { ProcessSpec } from '#lib/protocol/packets.ts';
import type { FlatPacket } from './packet-plan.ts';
import { PacketReader } from './packet-reader.ts';
import { PacketWriter, transferOf } from './packet-writer.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import { readRequest, writeAnswer } from './window-packet.ts';

/** The part of a MessagePort that is used here. */
interface ReplyPort {
  postMessage(reply: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { data: NodePacket }) => void) | null;
}

/** The first message of a thread. */
type FirstMessage =
  | { port: ReplyPort; assets: PythonAssets }
  /** From the build: what is to be made, and where it goes. */
  | { port: ReplyPort; make: 'stdlib' | 'snapshot'; assets: Omit<PythonAssets, 'snapshot'> };

interface PythonGlobal {
  lightconeProgram: (files: PythonFiles) => void;
  onmessage: ((event: { data: FirstMessage }) => void) | null;
}

/** Makes this global scope the thread of a Python process. */
export function startPythonScope(): void {
  const scope = globalThis as unknown as PythonGlobal;
  let files: PythonFiles = {};
  scope.lightconeProgram = (given) => {
    files = given;
  };
  scope.onmessage = ({ data }) => {
    scope.onmessage = null;
    if ('make' in data) return void make(data.make, data.assets, data.port);
    const { assets, port } = data;
    const thread = new Thread(assets, () => files);
    port.onmessage = ({ data: packet }) => void answer(thread, packet, port);
  };
}

async function answer(thread: Thread, packet: NodePacket, port: ReplyPort): Promise<void> {
  try {
    const reply = await thread.handle(packet);
    if (reply) port.postMessage(reply, reply.type === 'answers' ? transferOf(reply) : []);
  } catch (error) {
    const broken: NodeReply = { type: 'broken', slot: thread.slot, message: String(error) };
    port.postMessage(broken, []);
  }
}

async function make(
  what: 'stdlib' | 'snapshot',
  { module, stdlib }: Omit<PythonAssets, 'snapshot'>,
  port: ReplyPort,
): Promise<void> {
  try {
    const made = await (what === 'stdlib' ? compileStandardLibrary : makeSnapshot)(module, stdlib);
    port.postMessage({ made }, []);
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.stack : String(error) }, []);
  }
}

class Thread {
  readonly #assets: PythonAssets;
  readonly #files: () => PythonFiles;
  #program: Promise<PythonProgram> | null = null;
  readonly #reader = new PacketReader();
  readonly #writer = new PacketWriter();
  slot = 0;

  constructor(assets: PythonAssets, files: () => PythonFiles) {
    this.#assets = assets;
    this.#files = files;
  }

  async handle(packet: NodePacket): Promise<NodeReply | null> {
    switch (packet.type) {
      case 'start':
        this.slot = packet.slot;
        this.#program = this.#boot(packet.spec);
        // Reported with the first question.
        this.#program.catch(() => undefined);
        return null;
      case 'end':
        return null;
      case 'window':
        return { type: 'answers', ...(await this.#window(packet)) };
      case 'waits':
        return { type: 'waits', waits: (await this.#program!).openWaits() };
      default:
        return packet satisfies never;
    }
  }

  async #boot(spec: ProcessSpec): Promise<PythonProgram> {
    const interpreter = await startInterpreter(this.#assets);
    return new PythonProgram(spec, interpreter, this.#files(), createPythonEngine);
  }

  async #window(packet: FlatPacket): Promise<FlatPacket> {
    const program = await this.#program!;
    const reader = this.#reader;
    const writer = this.#writer;
    reader.open(packet);
    for (let left = reader.number(); left > 0; left--) {
      const { slot, batch } = readRequest(reader);
      this.slot = slot;
      writeAnswer(writer, await program.advance(batch));
    }
    reader.close();
    return writer.take();
  }
}
