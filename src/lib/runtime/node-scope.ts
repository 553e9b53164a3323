// A thread of the pool: a worker inside the sandboxed frame, or a thread of the command line. It
// hosts the processes of some machines; each links its program anew, so that they share nothing.
// The linked program is part of this script's own text, see kernel-scope.ts.

import type { NodeProcess } from '#lib/node/process.ts';
import { boot, type Program } from './boot.ts';
import type { FlatPacket } from './packet-plan.ts';
import { PacketReader } from './packet-reader.ts';
import { PacketWriter, transferOf } from './packet-writer.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import { tameScope } from './scope.ts';
import { readRequest, writeAnswer } from './window-packet.ts';

/** The part of a MessagePort that is used here. */
interface ReplyPort {
  postMessage(reply: NodeReply, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { data: NodePacket }) => void) | null;
}

interface NodeGlobal {
  lightconeProgram: (program: Program) => void;
  onmessage: ((event: { data: { port: ReplyPort } }) => void) | null;
}

/** Makes this global scope a thread of the pool; its first message brings the channel to the kernel. */
export function startNodeScope(): void {
  const scope = globalThis as unknown as NodeGlobal;
  let program: Program = {};
  scope.lightconeProgram = (linked) => {
    program = linked;
  };
  scope.onmessage = ({ data: { port } }) => {
    scope.onmessage = null;
    const lodging = new Lodging(program);
    port.onmessage = ({ data }) => {
      try {
        const reply = lodging.handle(data);
        if (!reply) return;
        port.postMessage(reply, reply.type === 'answers' ? transferOf(reply) : []);
      } catch (error) {
        port.postMessage({ type: 'broken', slot: lodging.slot, message: String(error) }, []);
      }
    };
  };
}

/** The processes of this thread, by slot. */
class Lodging {
  readonly #program: Program;
  readonly #processes = new Map<number, NodeProcess>();
  readonly #reader = new PacketReader();
  readonly #writer = new PacketWriter();
  /** Who ran last, for the report when something breaks. */
  slot = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  handle(packet: NodePacket): NodeReply | null {
    switch (packet.type) {
      case 'start':
        tameScope();
        this.slot = packet.slot;
        this.#processes.set(packet.slot, boot(packet.spec, this.#program));
        return null;
      case 'end':
        this.#processes.delete(packet.slot);
        return null;
      case 'window':
        return { type: 'answers', ...this.#window(packet) };
      case 'waits':
        return { type: 'waits', waits: this.#processes.get(packet.slot)!.openWaits() };
      default:
        return packet satisfies never;
    }
  }

  #window(packet: FlatPacket): FlatPacket {
    const reader = this.#reader;
    const writer = this.#writer;
    reader.open(packet);
    for (let left = reader.number(); left > 0; left--) {
      const { slot, batch } = readRequest(reader);
      this.slot = slot;
      writeAnswer(writer, this.#processes.get(slot)!.advance(batch));
    }
    reader.close();
    return writer.take();
  }
}
