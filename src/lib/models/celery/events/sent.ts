// What a client tells of a task that it has sent, if it is set to (`task_send_sent_event`;
// celery/app/amqp.py, `send_task_message`).

import type { CeleryApp } from '../app.ts';
import type { Message } from '../message.ts';
import type { Route } from '../routing.ts';
import { EVENTS, type Broadcast } from '../transports/bus.ts';
import { anonymousName, eventMessage, eventText } from './event.ts';

export function sentEvent(app: CeleryApp, { headers }: Message, route: Route): Broadcast {
  const { id: uuid, task: name, argsrepr: args, kwargsrepr: kwargs } = headers;
  const { root_id, parent_id, retries, eta, expires } = headers;
  const hostname = anonymousName(app);
  const text = eventText(app, hostname, 'task-sent', {
    ...{ uuid, root_id, parent_id, name, args, kwargs, retries, eta, expires },
    ...{ queue: route.queue.name, exchange: route.exchange, routing_key: route.routingKey },
  });
  return { exchange: EVENTS, routingKey: 'task.sent', message: eventMessage(hostname, text) };
}
