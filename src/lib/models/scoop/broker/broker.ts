// The broker: routes tasks to workers that ask for work, results to who waits for them, constants to
// all. It runs inside the launcher. What a worker was given is forgotten when its connection ends, or
// when it has not been heard of for a minute; nobody is told: who waits for a future has to ask.

import { isStop } from '#lib/node/meter.ts';
import type { Connection, Listener } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { COST } from '../costs.ts';
import { FrameReader, sendFrame, type Frame } from '../wire.ts';
import { Ledger } from './ledger.ts';

/** A worker that has been silent for so long has lost what it was given. */
const SILENCE_US = 60_000_000;

/** A connection, and the worker at its other end once it has said hello. */
class Peer {
  readonly connection: Connection;
  name = '';
  heardUs = 0;

  constructor(connection: Connection) {
    this.connection = connection;
  }
}

export class Broker {
  readonly #process: NodeProcess;
  readonly #listener: Listener;
  readonly #ledger = new Ledger<Peer>();
  readonly #workers = new Map<string, Peer>();
  readonly #constants: Frame[] = [];

  constructor(process: NodeProcess, port: number) {
    this.#process = process;
    this.#listener = process.listen(port);
  }

  *serve(): Body<never> {
    for (;;) {
      const connection = yield* wait(this.#listener.accept());
      run(this.#hear(new Peer(connection)));
    }
  }

  *#hear(peer: Peer): Body<void> {
    const reader = new FrameReader();
    try {
      for (;;) {
        const bytes = yield* wait(peer.connection.receive());
        if (bytes === null) break;
        for (const frame of reader.push(bytes)) this.#take(frame, peer);
      }
    } catch (error) {
      if (isStop(error)) throw error;
    }
    // It is gone, or sends what is none of ours.
    this.#ledger.leave(peer);
    if (this.#workers.get(peer.name) === peer) this.#workers.delete(peer.name);
    peer.connection.close();
  }

  #take(frame: Frame, from: Peer): void {
    from.heardUs = this.#process.nowUs();
    this.#process.spendNs(COST.routeNs);
    if (frame.kind === 'hello') return this.#welcome(frame, from);
    if (from.name !== '') this.#route(frame, from);
  }

  #welcome({ from: name = '' }: Frame, peer: Peer): void {
    peer.name = name;
    this.#workers.set(name, peer);
    this.#ledger.join(peer);
    this.#send(peer, { kind: 'welcome' });
    for (const constant of this.#constants) this.#send(peer, constant);
  }

  #route(frame: Frame, from: Peer): void {
    const { kind, id } = frame;
    switch (kind) {
      case 'task':
        this.#ledger.add(frame, from);
        return this.#match();
      case 'request':
        this.#ledger.want(from);
        return this.#match();
      case 'reply': {
        this.#ledger.done(id!, from);
        const to = this.#workers.get(id![0]);
        return to && this.#send(to, frame);
      }
      case 'ask':
        this.#forgetSilent();
        return this.#send(from, { kind: 'answer', ids: this.#ledger.missing(frame.ids!) });
      case 'variable':
        this.#constants.push(frame);
        return this.#tellOthers(frame, from);
      case 'shutdown':
        return this.#tellOthers(frame, from);
      default:
    }
  }

  #match(): void {
    for (let next = this.#ledger.match(); next; next = this.#ledger.match()) {
      this.#send(next.worker, next.task);
    }
  }

  #forgetSilent(): void {
    const nowUs = this.#process.nowUs();
    for (const peer of this.#workers.values()) {
      if (nowUs - peer.heardUs > SILENCE_US) this.#ledger.forget(peer);
    }
  }

  #tellOthers(frame: Frame, from: Peer): void {
    for (const peer of this.#workers.values()) if (peer !== from) this.#send(peer, frame);
  }

  #send(peer: Peer, frame: Frame): void {
    if (!peer.connection.isOpen) return;
    sendFrame(peer.connection, frame);
  }
}
