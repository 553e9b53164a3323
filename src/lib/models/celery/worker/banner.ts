// What a worker prints when it starts, line by line as Celery 5.2.6 does (SEMANTICS 1.1).

import { queueSpec } from '../routing.ts';
import type { CeleryApp } from '../app.ts';
import { address } from '../ids.ts';
import { timeText } from './log.ts';

/** The platform line tells nothing of the real machine. */
const PLATFORM = 'Linux-6.1.0-x86_64-with-glibc2.36';
export const VERSION = 'v5.2.6 (dawn-chorus)';
const QUEUE_INDENT = ' '.repeat(16);

const EVENTS_ON = 'ON';
const EVENTS_OFF = 'OFF (enable -E to monitor tasks in this worker)';

export interface BannerFacts {
  /** `w1@w1`. */
  hostname: string;
  concurrency: number;
  pool: string;
  queues: readonly string[];
  isSendingTaskEvents: boolean;
}

export function banner(app: CeleryApp, facts: BannerFacts): string {
  const queues = facts.queues.map((queue) => {
    const { exchange, exchangeType, routingKey } = queueSpec(app.settings, queue);
    return `.> ${queue.padEnd(16)} exchange=${exchange}(${exchangeType}) key=${routingKey}`;
  });
  return [
    ' ',
    ` -------------- ${facts.hostname} ${VERSION}`,
    '--- ***** ----- ',
    `-- ******* ---- ${PLATFORM} ${timeText(app.process.wallUs())}`,
    '- *** --- * --- ',
    '- ** ---------- [config]',
    `- ** ---------- .> app:         ${app.main}:${address(app.process)}`,
    `- ** ---------- .> transport:   ${app.transportDescription}`,
    `- ** ---------- .> results:     ${app.backend.description}`,
    `- *** --- * --- .> concurrency: ${facts.concurrency} (${moduleOf(facts.pool)})`,
    `-- ******* ---- .> task events: ${facts.isSendingTaskEvents ? EVENTS_ON : EVENTS_OFF}`,
    '--- ***** ----- ',
    ' -------------- [queues]',
    `${QUEUE_INDENT}${queues.join(`\n${QUEUE_INDENT}`)}`,
    QUEUE_INDENT,
    '',
    '[tasks]',
    ...[...app.tasks.keys()]
      .filter(isLearners)
      .sort()
      .map((name) => `  . ${name}`),
    '',
    '',
  ].join('\n');
}

/** The pool's name is that of its module, `celery.concurrency.thread`. */
function moduleOf(pool: string): string {
  return pool === 'threads' ? 'thread' : pool;
}

/** Celery's own tasks are not listed. */
function isLearners(name: string): boolean {
  return !name.startsWith('celery.');
}
