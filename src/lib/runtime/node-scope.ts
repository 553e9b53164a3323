// The thread of one process: a worker inside the sandboxed frame, or a thread of the command line.
// The linked program is part of this script's own text, see kernel-scope.ts.

import type { NodeProcess } from '#lib/node/process.ts';
import { boot, type Program } from './boot.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import { tameScope } from './scope.ts';

/** The part of a MessagePort that is used here. */
interface ReplyPort {
  postMessage(reply: NodeReply): void;
  onmessage: ((event: { data: NodePacket }) => void) | null;
}

interface NodeGlobal {
  lightconeProgram: (program: Program) => void;
  onmessage: ((event: { data: { port: ReplyPort } }) => void) | null;
}

/** Makes this global scope a process's thread; its first message brings the channel to the kernel. */
export function startNodeScope(): void {
  const scope = globalThis as unknown as NodeGlobal;
  let program: Program = {};
  scope.lightconeProgram = (linked) => {
    program = linked;
  };
  scope.onmessage = ({ data: { port } }) => {
    scope.onmessage = null;
    const handle = createHandler(program);
    port.onmessage = ({ data }) => {
      try {
        const reply = handle(data);
        if (reply) port.postMessage(reply);
      } catch (error) {
        port.postMessage({ type: 'broken', message: String(error) });
      }
    };
  };
}

function createHandler(program: Program): (packet: NodePacket) => NodeReply | null {
  let process: NodeProcess | null = null;
  return (packet) => {
    switch (packet.type) {
      case 'start':
        tameScope();
        process = boot(packet.spec, program);
        return null;
      case 'advance':
        return { type: 'answer', answer: process!.advance(packet.batch) };
      case 'waits':
        return { type: 'waits', waits: process!.openWaits() };
      default:
        return packet satisfies never;
    }
  };
}
