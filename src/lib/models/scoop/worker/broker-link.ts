// A worker's connection to the broker. What arrives is kept until the worker looks, except for
// constants and the end of the pool, which cannot wait for a future to end.

import { isStop } from '#lib/node/meter.ts';
import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { pickleNs } from '../costs.ts';
import { FrameReader, sendFrame, type Frame } from '../wire.ts';

/** How often a worker tells the broker that it is there. */
const HEARTBEAT_US = 25_000_000;

export class BrokerLink {
  readonly #process: NodeProcess;
  readonly #connection: Connection;
  /** False once the broker is gone. The real library's sockets do not tell either. */
  isUp = true;

  private constructor(process: NodeProcess, connection: Connection) {
    this.#process = process;
    this.#connection = connection;
  }

  /** @throws ConnectionError when there is no broker */
  static *open(
    process: NodeProcess,
    host: string,
    port: number,
    onframe: (frame: Frame) => void,
  ): Body<BrokerLink> {
    const link = new BrokerLink(process, yield* wait(process.connect(host, port)));
    run(link.#read(onframe));
    link.#beat();
    return link;
  }

  /** Its port on this machine: unique there, so it names the worker. */
  get port(): number {
    return this.#connection.ports.local;
  }

  /** The node at the other end. */
  get peer(): string {
    const { peer } = this.#connection;
    return peer === '127.0.0.1' ? (this.#process.spec.parent ?? peer) : peer;
  }

  send(frame: Frame): void {
    if (!this.isUp) return;
    if (frame.body) this.#process.spendNs(pickleNs(frame.body.length));
    sendFrame(this.#connection, frame);
  }

  *#read(onframe: (frame: Frame) => void): Body<void> {
    const reader = new FrameReader();
    try {
      for (;;) {
        const bytes = yield* wait(this.#connection.receive());
        if (bytes === null) break;
        for (const frame of reader.push(bytes)) onframe(frame);
      }
    } catch (error) {
      if (isStop(error)) throw error;
    }
    this.isUp = false;
  }

  #beat(): void {
    const beat = (): void => {
      this.send({ kind: 'status' });
      this.#beat();
    };
    if (this.isUp) {
      this.#process.setTimer(HEARTBEAT_US, beat, { isBackground: true, label: 'heartbeat' });
    }
  }
}
