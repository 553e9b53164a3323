// Runs a random script on the process interface, as a model would.

import type { Connection } from '#lib/node/connection.ts';
import type { DatagramSocket } from '#lib/node/datagrams.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import type { Action, FileOp, Manner, Script } from './script.ts';

const label = (msg: string) => ({ proto: 'node', msg, preview: '' });
/** A server that talks first says so many things. */
const BURST_COUNT = 5;

/** The datagram socket that each process bound last. */
const sockets = new WeakMap<NodeProcess, DatagramSocket>();

/** The program of every process of a random experiment. */
export function* actor(process: NodeProcess): Body<void> {
  const text = process.spec.parent ? process.spec.argv[1] : process.spec.env['SCRIPT'];
  const connections = new Map<string, Connection>();
  if (process.spec.parent) connections.set('parent', process.parentPipe());
  const coroutines = (JSON.parse(text ?? '[]') as Script).map((actions) =>
    run(perform(process, actions, connections)),
  );
  for (const coroutine of coroutines) yield* wait(coroutine);
}

function* perform(
  process: NodeProcess,
  actions: readonly Action[],
  connections: Map<string, Connection>,
): Body<void> {
  for (const action of actions) {
    try {
      yield* act(process, action, connections);
    } catch (error) {
      if (action[0] === 'throw') throw error;
      process.write('stderr', `${action[0]}: ${String(error)}\n`);
    }
  }
}

function* act(
  process: NodeProcess,
  action: Action,
  connections: Map<string, Connection>,
): Body<void> {
  switch (action[0]) {
    case 'listen':
      return void run(serve(process, action[1], action[2]));
    case 'connect': {
      const [, name, host, port] = action;
      connections.set(name, yield* wait(process.connect(host, port)));
      return;
    }
    case 'send': {
      const [, name, kind, bytes, count] = action;
      for (let index = 0; index < count; index++) {
        connections.get(name)?.send(new Uint8Array(bytes), label(kind));
      }
      return;
    }
    case 'receive': {
      const connection = connections.get(action[1]);
      for (let index = 0; connection && index < action[2]; index++) {
        const what = `data from ${connection.peer}`;
        yield* wait(process.waitFor(connection.receive(), { what, by: [connection.peer] }));
      }
      return;
    }
    case 'shut':
      return connections.get(action[1])?.shutdown();
    case 'close':
      return connections.get(action[1])?.close();
    case 'bind': {
      const [, port, answers] = action;
      const socket = process.datagramSocket(port);
      socket.onMessage(({ bytes, from, port: back }) => {
        process.write('stdout', `datagram ${bytes.length} from ${from}:${back}\n`);
        // Answers are even, so that nobody answers an answer.
        const isQuestion = bytes.length % 2 === 1;
        if (answers && isQuestion) socket.send(from, back, new Uint8Array(2), label('reply'));
      });
      sockets.set(process, socket);
      return;
    }
    case 'cast': {
      const [, host, port, kind, bytes] = action;
      sockets.get(process)?.send(host, port, new Uint8Array(bytes), label(kind));
      return;
    }
    case 'ask':
      process.write('stdout', `${yield* wait(process.readLine('? '))}\n`);
      return;
    case 'sleep':
      yield* wait(process.sleepUs(action[1] * 1000));
      return;
    case 'background':
      process.setTimer(action[1] * 1000, () => process.effect('background'), {
        isBackground: true,
      });
      return;
    case 'spin':
      return process.spendNs(action[1] * 1000);
    case 'log':
      for (let index = 0; index < action[1]; index++) {
        process.write('stdout', `${process.nowUs()} ${process.random()}\n`);
      }
      return;
    case 'effect':
      return process.effect(action[1]);
    case 'file':
      return touch(process, action[1], action[2]);
    case 'on':
      return process.onSignal(action[1], () => {
        process.write('stdout', `${action[1]}\n`);
        if (action[2]) process.exit(3);
      });
    case 'spawn': {
      const child = process.spawn(['actor', JSON.stringify(action[1])]);
      connections.set('child', child.pipe);
      const { code, signal } = yield* wait(child.exited);
      process.write('stdout', `${child.name} ended: ${code} ${signal}\n`);
      return;
    }
    case 'throw':
      throw new Error('thrown');
    case 'exit':
      return process.exit(action[1]);
    default:
      return action satisfies never;
  }
}

function touch(process: NodeProcess, op: FileOp, path: string): void {
  const { disk } = process;
  const bytes = new TextEncoder().encode(`${process.spec.name} ${process.nowUs()}\n`);
  const show = (text: string): void => process.write('stdout', `${path}: ${text}\n`);
  switch (op) {
    case 'write':
    case 'append':
      return disk[op](path, bytes);
    case 'read':
      return show(new TextDecoder().decode(disk.read(path)).replaceAll('\n', ';'));
    case 'sync':
    case 'remove':
      return disk[op](path);
    case 'move':
      return disk.rename(path, `${path}2`);
    case 'list':
      return show(disk.list('.').join(' '));
    default:
      return op satisfies never;
  }
}

function* serve(process: NodeProcess, port: number, manner: Manner): Body<void> {
  const listener = process.listen(port);
  for (;;) {
    const connection = yield* wait(listener.accept());
    void run(attend(process, connection, manner));
  }
}

function* attend(process: NodeProcess, connection: Connection, manner: Manner): Body<void> {
  if (manner === 'deaf') return;
  const end = process.span('attend');
  try {
    for (let index = 0; manner === 'burst' && index < BURST_COUNT; index++) {
      connection.send(Uint8Array.of(index), label('data'));
    }
    for (let bytes = yield* wait(connection.receive()); bytes;) {
      if (manner === 'echo') connection.send(bytes, label('reply'));
      if (manner === 'once') break;
      bytes = yield* wait(connection.receive());
    }
    connection.close();
  } catch (error) {
    process.write('stderr', `attend: ${String(error)}\n`);
  }
  end();
}
