// How many messages wait in queues. Flower asks Redis itself, and RabbitMQ's management interface; this
// one asks RabbitMQ too, by declaring what is there already.

import type { Body } from '#lib/node/promise.ts';
import { AmqpClient } from '../amqp-client.ts';
import type { CeleryApp } from '../app.ts';
import { RedisClient } from '../redis-client.ts';
import type { Command } from '../redis-labels.ts';
import { binaryOf } from '../resp.ts';
import { queueSpec } from '../routing.ts';
import { queueLists } from '../transports/redis.ts';

/** @throws RedisConnectionError, AmqpError when the broker cannot be reached */
export function* queueLengths(
  app: CeleryApp,
  names: readonly string[],
): Body<{ name: string; messages: number }[]> {
  const lengths = app.brokerUrl.scheme === 'redis' ? redisLengths : amqpLengths;
  const counts = yield* lengths(app, names);
  return names.map((name, index) => ({ name, messages: counts[index] ?? 0 }));
}

function* redisLengths(
  { process, brokerUrl }: CeleryApp,
  names: readonly string[],
): Body<number[]> {
  const client = new RedisClient(process, brokerUrl);
  const counts: number[] = [];
  for (const name of names) {
    const commands = queueLists(name).map((list): Command => ['LLEN', binaryOf(list)]);
    const replies = yield* client.pipeline(commands);
    counts.push(replies.reduce<number>((sum, reply) => sum + Number(reply), 0));
  }
  client.close();
  return counts;
}

function* amqpLengths(app: CeleryApp, names: readonly string[]): Body<number[]> {
  const { process, brokerUrl, settings } = app;
  const timeoutUs = settings.brokerConnectionTimeout * 1e6;
  const client = yield* AmqpClient.open(process, brokerUrl, { heartbeatS: 0, timeoutUs });
  const counts: number[] = [];
  for (const name of names) {
    const { maxPriority } = queueSpec(settings, name);
    const kept = { durable: true, autoDelete: false, exclusive: false };
    const declared = yield* client.call(
      {
        ...{ method: 'queue.declare', queue: name, ...kept },
        ...(maxPriority > 0 ? { maxPriority } : {}),
      },
      'queue.declare-ok',
    );
    counts.push(declared.messageCount);
  }
  client.close();
  return counts;
}
