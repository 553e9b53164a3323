// `rabbitmq-server`: listens, and shows the depth of its queues in the trace.
// Simplified: it is up at once (the real one takes some seconds to boot).

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { shortened } from '../../previews.ts';
import { timeText } from '../../worker/log.ts';
import { Broker } from './broker.ts';
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
  process.write('stdout', BANNER);
  process.onSignal('SIGTERM', () => server.stop());
  process.onSignal('SIGINT', () => server.stop());
  yield* server.listen();
}

class RabbitServer {
  readonly #process: NodeProcess;
  readonly #broker = new Broker();
  readonly #sessions = new Set<Session>();
  /** What the trace knows of each queue. */
  readonly #shown = new Map<string, string>();
  readonly #host: SessionHost;

  constructor(process: NodeProcess) {
    this.#process = process;
    this.#host = {
      process,
      broker: this.#broker,
      changed: () => this.#show(),
      log: (level, text) => this.#log(level, text),
    };
  }

  *listen(): Body<void> {
    const listener = this.#process.listen(PORT);
    for (;;) {
      const connection = yield* wait(listener.accept());
      const session = new Session(this.#host, connection);
      this.#sessions.add(session);
      this.#log('info', `accepting AMQP connection from ${connection.peer}`);
      run(session.serve()).then(() => this.#sessions.delete(session));
    }
  }

  stop(): void {
    this.#log('info', 'RabbitMQ is asked to stop...');
    this.#process.exit(0);
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

  #log(level: string, text: string): void {
    const time = timeText(this.#process.wallUs(), '.');
    this.#process.write('stdout', `${time}+00:00 [${level}] ${text}\n`);
  }
}
