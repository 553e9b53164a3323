// The thread of one process: a worker inside the sandboxed frame, or a thread of the command line.
// The linked program is part of this script's own text, see kernel-scope.ts.

import type { NodeProcess } from '#lib/node/process.ts';
import { boot, type Program } from './boot.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import { tameScope } from './scope.ts';

interface NodeGlobal {
  lightconeProgram: (program: Program) => void;
  postMessage: (reply: NodeReply) => void;
  onmessage: ((event: { data: NodePacket }) => void) | null;
}

/** Makes this global scope a process's thread. */
export function startNodeScope(): void {
  const scope = globalThis as unknown as NodeGlobal;
  // Captured: taming takes them away from whoever comes later.
  const reply = scope.postMessage.bind(globalThis);
  let program: Program = {};
  let process: NodeProcess | null = null;
  scope.lightconeProgram = (linked) => {
    program = linked;
  };
  scope.onmessage = ({ data }) => {
    try {
      const answer = handle(data);
      if (answer) reply(answer);
    } catch (error) {
      reply({ type: 'broken', message: String(error) });
    }
  };

  function handle(packet: NodePacket): NodeReply | null {
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
  }
}
