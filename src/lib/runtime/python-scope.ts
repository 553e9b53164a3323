// The thread of one Python process: a worker inside the sandboxed frame, or a thread of the command
// line. Speaks the packets of the pool's threads (node-scope.ts), but hosts a single process and
// answers later: only the engine can switch Python's stacks.
// It starts the interpreter as soon as it has what one is made from, which may be long before there is
// a process for it; no thread hosts a second one. One thread of the page hosts none at all: it answers
// what CPython's compiler says of a file (syntax-checker.ts).

import type { PythonAssets } from '#lib/languages/python/assets.ts';
import { Checker } from '#lib/languages/python/checker.ts';
import { startInterpreter, type Interpreter } from '#lib/languages/python/interpreter.ts';
import { PythonProgram, type PythonFiles } from '#lib/languages/python/program.ts';
import { compileStandardLibrary, makeSnapshot } from '#lib/languages/python/snapshot.ts';
import type { ProcessSpec } from '#lib/protocol/packets.ts';
import type { FlatPacket } from './packet-plan.ts';
import { PacketReader } from './packet-reader.ts';
import { PacketWriter, transferOf } from './packet-writer.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import { createPythonEngine } from './python-engine.ts';
import { spokenProtocols } from './spoken.ts';
import type { CheckPort } from './syntax-checker.ts';
import { readRequest, writeAnswer } from './window-packet.ts';

/** Captured: an interpreter's thread gets a virtual clock. */
const realNowMs = performance.now.bind(performance);

/** Real time between two reports of where a program is. */
const PLACE_MS = 20;

/** The part of a MessagePort that is used here. */
interface ReplyPort {
  postMessage(reply: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { data: NodePacket }) => void) | null;
}

/** What a thread is told, in this order; but for the build's it may have to wait for the second. */
export type PythonOpening =
  | { assets: PythonAssets }
  | { port: ReplyPort; files: PythonFiles }
  | { check: CheckPort }
  /** From the build: what is to be made, and where it goes. */
  | { port: ReplyPort; make: 'stdlib' | 'snapshot'; assets: Omit<PythonAssets, 'snapshot'> };

interface PythonGlobal {
  onmessage: ((event: { data: PythonOpening }) => void) | null;
}

/** Makes this global scope the thread of a Python process. */
export function startPythonScope(): void {
  const scope = globalThis as unknown as PythonGlobal;
  let interpreter: Promise<Interpreter>;
  scope.onmessage = ({ data }) => {
    if ('make' in data) return void make(data.make, data.assets, data.port);
    if ('assets' in data) {
      interpreter = startInterpreter(data.assets);
      // Reported with the first question.
      interpreter.catch(() => undefined);
      return;
    }
    scope.onmessage = null;
    if ('check' in data) return answerChecks(interpreter, data.check);
    const { port, files } = data;
    const thread = new Thread(interpreter, files, placeReporter(port));
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

/** One file after another. What the interpreter does not survive is told: there must be a new one. */
function answerChecks(interpreter: Promise<Interpreter>, port: CheckPort): void {
  const checker = interpreter.then((it) => new Checker(it));
  port.onmessage = ({ data: { file, source } }) =>
    checker
      .then((it) => port.postMessage({ found: it.check(file, source) }))
      .catch((error: unknown) => port.postMessage({ broken: String(error) }));
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

/** Tells where the program is, now and then: should it hang, nobody can ask any more. */
function placeReporter(port: ReplyPort): (line: string) => void {
  let last = '';
  let dueMs = 0;
  return (line) => {
    if (line === last || realNowMs() < dueMs) return;
    last = line;
    dueMs = realNowMs() + PLACE_MS;
    port.postMessage({ type: 'place', line } satisfies NodeReply, []);
  };
}

class Thread {
  readonly #interpreter: Promise<Interpreter>;
  readonly #files: PythonFiles;
  #program: Promise<PythonProgram> | null = null;
  readonly #reader = new PacketReader();
  readonly #writer = new PacketWriter();
  slot = 0;

  readonly #onplace: (line: string) => void;

  constructor(
    interpreter: Promise<Interpreter>,
    files: PythonFiles,
    onplace: (line: string) => void,
  ) {
    this.#onplace = onplace;
    this.#interpreter = interpreter;
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
    const interpreter = await this.#interpreter;
    const program = new PythonProgram(spec, interpreter, this.#files, createPythonEngine);
    program.spoken = spokenProtocols();
    program.onplace = this.#onplace;
    program.realNowMs = realNowMs;
    return program;
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
