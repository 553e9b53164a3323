// What processes did, as it becomes real: each operation changes the cluster and stands in the trace.

import type { Op } from '#lib/protocol/packets.ts';
import { targetOf } from './datagrams.ts';
import type { Fleet } from './fleet.ts';
import type { Liveness } from './liveness.ts';
import type { Network } from './network.ts';
import type { KernelPort } from './port.ts';
import type { Process } from './process.ts';
import type { Strikes } from './strikes.ts';

export class Deeds {
  readonly #kernel: KernelPort;
  readonly #fleet: Fleet;
  readonly #network: Network;
  readonly #liveness: Liveness;
  readonly #strikes: Strikes;

  constructor(
    kernel: KernelPort,
    fleet: Fleet,
    network: Network,
    liveness: Liveness,
    strikes: Strikes,
  ) {
    this.#kernel = kernel;
    this.#fleet = fleet;
    this.#network = network;
    this.#liveness = liveness;
    this.#strikes = strikes;
  }

  commit(process: Process, op: Op): void {
    const { tUs } = op;
    const node = process.name;
    const { cause } = process;
    switch (op.op) {
      case 'turn':
        return this.#beginTurn(process, op);
      case 'timerSet': {
        const { timer, dueUs, background, label } = op;
        const setId = this.#kernel.emit({
          tUs,
          kind: 'timer',
          node,
          cause,
          op: 'set',
          timer,
          dueUs,
          label,
        });
        process.timers.set(timer, { setId, dueUs, label, background });
        this.#liveness.countTimer(background, 1);
        return;
      }
      case 'timerCancel': {
        const record = process.timers.get(op.timer);
        if (!record) return;
        process.timers.delete(op.timer);
        this.#liveness.countTimer(record.background, -1);
        this.#kernel.emit({ tUs, kind: 'timer', node, cause, op: 'cancelled', timer: op.timer });
        return;
      }
      case 'claim':
        return this.#network.ports.claim(process, op);
      case 'unclaim':
        return this.#network.ports.unclaim(process, op.port);
      case 'listen':
        return this.#network.ports.listen(process, op.port, op.loopback);
      case 'unlisten':
        return this.#network.ports.unlisten(process, op.port);
      case 'connect':
        return this.#connect(process, op);
      case 'accepted': {
        const listener = process.machine.listeners.get(op.port);
        if (listener?.process === process) listener.waiting.shift();
        return;
      }
      case 'unread': {
        const end = process.ends.get(op.conn);
        if (end) end.hasUnread = op.flag;
        return;
      }
      case 'shut': {
        const end = process.ends.get(op.conn);
        if (end) this.#network.tcp.shut(end);
        return;
      }
      case 'read':
        return this.#network.tcp.flow.read(process, op.conn, op.count);
      case 'bind':
        return this.#network.ports.bind(process, op.port);
      case 'unbind':
        if (process.machine.sockets.get(op.port) === process) {
          process.machine.sockets.delete(op.port);
        }
        return;
      case 'datagram':
        return this.#sendDatagram(process, op);
      case 'send':
        return this.#send(process, op);
      case 'close':
      case 'reset': {
        const end = process.ends.get(op.conn);
        if (end) this.#network.tcp.close(end, op.op);
        return;
      }
      case 'partial':
        this.#kernel.emit({ tUs, kind: 'partial', node, cause, stream: op.stream, text: op.text });
        return;
      case 'log':
        this.#kernel.emit({
          tUs,
          kind: 'log',
          node,
          cause,
          stream: op.stream,
          text: op.text,
          line: op.line,
        });
        return;
      case 'state':
        this.#kernel.emit({
          tUs,
          kind: 'state',
          node,
          cause,
          name: op.name,
          value: op.value as never,
        });
        return;
      case 'effect':
        this.#kernel.emit({
          tUs,
          kind: 'effect',
          node,
          cause,
          name: op.name,
          value: op.value as never,
        });
        return;
      case 'span': {
        const { span, name, detail } = op;
        this.#kernel.emit({
          tUs,
          kind: 'span',
          node,
          cause,
          op: op.begin ? 'begin' : 'end',
          span,
          name,
          detail,
        });
        return;
      }
      case 'wait': {
        const { wait, what, line, dueUs } = op;
        if (op.begin) process.waits.set(wait, { what, line, dueUs, by: op.by });
        else process.waits.delete(wait);
        const by = op.begin ? this.#endersOf(process, op.by) : undefined;
        const edge = op.begin ? 'begin' : 'end';
        this.#kernel.emit({ tUs, kind: 'wait', node, cause, op: edge, wait, what, line, by });
        return;
      }
      case 'oblige':
        return this.#liveness.oblige(process, op.token, op.delta);
      case 'file':
        return this.#fleet.changeFile(process, op);
      case 'look':
        return this.#fleet.lookAtFile(process, op);
      case 'spawn':
        return this.#fleet.spawn(process, op);
      case 'signal':
        return this.#fleet.signals.send(process, op);
      case 'exit':
        return this.#fleet.exit(process, op.code, op.reason, op.signal);
      default:
        return op satisfies never;
    }
  }

  #beginTurn(process: Process, op: Extract<Op, { op: 'turn' }>): void {
    if (op.timer > 0) {
      this.#liveness.turnUntil(op.endUs);
      if (process.busyUntilUs < op.endUs) process.busyUntilUs = op.endUs;
      const record = process.timers.get(op.timer);
      if (!record) return;
      process.timers.delete(op.timer);
      this.#liveness.countTimer(record.background, -1);
      process.cause = this.#kernel.emit({
        tUs: op.tUs,
        kind: 'timer',
        node: process.name,
        cause: record.setId,
        op: 'fired',
        timer: op.timer,
      });
      return;
    }
    const ticket = process.tickets.get(op.ticket);
    // It was handed early to a process that closed before it arrived: no such turn.
    if (!ticket) return;
    this.#liveness.turnUntil(op.endUs);
    process.tickets.delete(op.ticket);
    this.#liveness.count(ticket.isForeground, -1);
    if (ticket.end) ticket.end.unreadCount--;
    process.cause = ticket.eventId;
  }

  #endersOf(process: Process, names: readonly string[]): string | undefined {
    const enders = names.flatMap((name) => {
      const living = this.#fleet.livingOf(process, name);
      return living.length > 0 ? living : [name];
    });
    return enders.length === 0 ? undefined : enders.join(' ');
  }

  #connect(process: Process, op: Extract<Op, { op: 'connect' }>): void {
    const target = this.#fleet.resolve(process, op.host);
    if (target) this.#network.handshake.connect(process, op, target);
  }

  #send(process: Process, op: Extract<Op, { op: 'send' }>): void {
    const end = process.ends.get(op.conn);
    if (!end?.peer || !end.isOpen) return;
    this.#strikes.leave(process, end.peer.process, op.msg, (touch) =>
      this.#network.tcp.send(end, op, touch),
    );
  }

  #sendDatagram(process: Process, op: Extract<Op, { op: 'datagram' }>): void {
    const target = this.#fleet.resolve(process, op.host);
    const machine = target === null ? undefined : this.#kernel.machine(target);
    if (!machine) return;
    this.#strikes.leave(process, targetOf(machine, op.toPort), op.msg, (touch) =>
      this.#network.datagrams.send(process, op, machine, touch),
    );
  }
}
