// Throwing away what waits in queues: `app.control.purge()` and `celery purge`. What workers have in hand
// is not touched. Redis counts a queue's list and deletes it (kombu/transport/redis.py, `_purge`).

import { run, wait, type Body } from '#lib/node/promise.ts';
import { AmqpChannelError, AmqpClient, AmqpError } from '../amqp-client.ts';
import type { CeleryApp } from '../app.ts';
import { RedisConnectionError } from '../errors.ts';
import { RedisClient } from '../redis-client.ts';
import type { Command } from '../redis-labels.ts';
import { binaryOf } from '../resp.ts';
import { defaultQueues } from '../routing.ts';
import { connectWithRetries } from '../transports/publishing.ts';
import { queueLists } from '../transports/redis.ts';

/**
 * Empties the queues that an application knows: those of its settings, and those it has sent to.
 *
 * @returns how many messages there were
 * @throws OperationalError when the broker cannot be reached
 */
export function purgeKnown(app: CeleryApp): Body<number> {
  return purge(app, [...new Set([...defaultQueues(app.settings), ...app.usedQueues])]);
}

/**
 * Empties queues; one that is not there counts as empty.
 *
 * @returns how many messages there were
 * @throws OperationalError when the broker cannot be reached
 */
export function* purge(app: CeleryApp, queues: readonly string[]): Body<number> {
  const isRedis = app.brokerUrl.scheme === 'redis';
  const work = isRedis ? purgeRedis(app, queues) : purgeAmqp(app, queues);
  const what = `the broker to empty ${queues.join(', ')}`;
  return yield* wait(app.process.waitFor(run(work), { what, by: [app.brokerUrl.host] }));
}

function* purgeRedis({ process, brokerUrl }: CeleryApp, queues: readonly string[]): Body<number> {
  const client = new RedisClient(process, brokerUrl);
  const isRedisError = (error: unknown): boolean => error instanceof RedisConnectionError;
  yield* connectWithRetries(process, () => client.connect(), isRedisError);
  let count = 0;
  for (const queue of queues) {
    const commands = queueLists(queue).flatMap((list): Command[] => [
      ['LLEN', binaryOf(list)],
      ['DEL', binaryOf(list)],
    ]);
    const replies = yield* client.transaction(commands);
    replies.forEach((reply, index) => (count += index % 2 === 0 ? Number(reply) : 0));
  }
  client.close();
  return count;
}

function* purgeAmqp(app: CeleryApp, queues: readonly string[]): Body<number> {
  let count = 0;
  for (const queue of queues) {
    // A channel error ends the connection with its channel: each queue has one of its own.
    const client = yield* open(app);
    try {
      const answer = yield* client.call({ method: 'queue.purge', queue }, 'queue.purge-ok');
      count += answer.messageCount;
    } catch (error) {
      if (!(error instanceof AmqpChannelError)) throw error;
    }
    client.close();
  }
  return count;
}

function open({ process, brokerUrl, settings }: CeleryApp): Body<AmqpClient> {
  const timeoutUs = settings.brokerConnectionTimeout * 1e6;
  return connectWithRetries(
    process,
    () => AmqpClient.open(process, brokerUrl, { heartbeatS: 0, timeoutUs }),
    (error) => error instanceof AmqpError,
  );
}
