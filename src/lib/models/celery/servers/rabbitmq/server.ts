// `rabbitmq-server`: listens, and shows the depth of its queues in the trace.
// Simplified: it is up at once (the real one takes some seconds to boot).

import type { NodeProcess } from '#lib/node/process.ts';
import { DiskError } from '#lib/node/disk.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { uuid } from '../../ids.ts';
import { shortened } from '../../previews.ts';
import { timeText } from '../../worker/log.ts';
import { Broker } from './broker.ts';
import { Journal } from './journal.ts';
import { Session, type SessionHost } from './session.ts';

const PORT = 5672;

const BANNER = `
  ##  ##      RabbitMQ 3.10.8
  ##  ##
  ##########  Copyright (c) 2007-2022 VMware, Inc. or its affiliates.
  ######  ##
  ##########  Licensed under the MPL 2.0. Website: https://rabbitmq.com

  Starting broker... completed with 0 plugins.
`;

/** Runs until a signal ends it. */
export function* rabbitMain(process: NodeProcess): Body<void> {
  if (process.spec.argv.length > 1) {
    process.write('stderr', `rabbitmq-server: unknown option: ${process.spec.argv[1]}\n`);
    return process.exit(2);
  }
  const server = new RabbitServer(process);
  server.recover();
  process.write('stdout', BANNER);
  process.onSignal('SIGTERM', () => server.stop());
  process.onSignal('SIGINT', () => server.stop());
  yield* server.listen();
}

class RabbitServer {
  readonly #process: NodeProcess;
  readonly #journal: Journal;
  readonly #broker: Broker;
  readonly #sessions = new Set<Session>();
  /** What the trace knows of each queue. */
  readonly #shown = new Map<string, string>();
  readonly #host: SessionHost;

  constructor(process: NodeProcess) {
    this.#process = process;
    this.#journal = new Journal(process);
    this.#broker = new Broker((entry) => this.#journal.note(entry));
    this.#host = {
      process,
      broker: this.#broker,
      changed: () => this.#changed(),
      whenSynced: (done) => this.#journal.whenSynced(done),
      log: (level, text) => this.#log(level, text),
      newName: () => `amq.gen-${uuid(process)}`,
    };
  }

  /** What the disk has kept, written anew without what is gone. */
  recover(): void {
    const entries = this.#journal.read();
    this.#broker.restore(entries);
    if (entries.length > 0) this.#journal.rewrite(this.#broker.entries([]));
    this.#show();
  }

  *listen(): Body<void> {
    const listener = this.#process.listen(PORT);
    for (;;) {
      const connection = yield* wait(listener.accept());
      const session = new Session(this.#host, connection);
      this.#sessions.add(session);
      this.#showConnections();
      this.#log('info', `accepting AMQP connection from ${connection.peer}`);
      run(session.serve()).then(() => {
        this.#sessions.delete(session);
        this.#showConnections();
      });
    }
  }

  stop(): void {
    this.#log('info', 'RabbitMQ is asked to stop...');
    try {
      this.#journal.close();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#log('error', error.message);
    }
    this.#process.exit(0);
  }

  #changed(): void {
    try {
      this.#journal.flush();
      if (this.#journal.isLarge) {
        const channels = [...this.#sessions].flatMap((session) => [...session.channels]);
        this.#journal.rewrite(this.#broker.entries(channels));
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // The real one blocks its publishers before it comes to that (disk_free_limit).
      this.#log('error', `the journal cannot be written: ${error.message}`);
      this.#process.exit(1);
    }
    this.#show();
  }

  #show(): void {
    for (const session of this.#sessions) session.updateHeld();
    for (const { name, ready, unackedCount } of this.#broker.queues.values()) {
      this.#showQueue(name, ready.length, unackedCount);
    }
    for (const name of this.#shown.keys()) {
      if (!this.#broker.queues.has(name)) this.#showQueue(name, 0, 0);
    }
  }

  #showQueue(name: string, ready: number, unacked: number): void {
    const text = `${ready}/${unacked}`;
    if ((this.#shown.get(name) ?? '0/0') === text) return;
    this.#shown.set(name, text);
    this.#process.state(shortened(`queue/${name}`), { ready, unacked });
  }

  #showConnections(): void {
    this.#process.state('connections', this.#sessions.size);
  }

  #log(level: string, text: string): void {
    const time = timeText(this.#process.wallUs(), '.');
    this.#process.write('stdout', `${time}+00:00 [${level}] ${text}\n`);
  }
}
