// Celery's queues and routes as a Python program gives them. What the engine makes of them is proved
// beside it, in TypeScript.

import { expect, test } from 'vitest';
import { sandboxed } from '../conformance/celery/harness.ts';

test('a Python program describes its queues by kombu, and its calls by their options', async () => {
  const run = await sandboxed({
    files: {
      'tasks.py': `from celery import Celery
from kombu import Exchange, Queue

app = Celery("tasks", broker="redis://broker/1")
logs = Exchange("logs", type="topic")
app.conf.task_queues = [
    Queue("errors", logs, routing_key="*.error"),
    Queue("all", exchange=logs, routing_key="#", queue_arguments={"x-max-priority": 5}),
]
app.conf.task_routes = {"tasks.lo*": {"queue": "errors", "routing_key": "disk.error"}}

@app.task
def log(text):
    print("did " + text)

if __name__ == "__main__":
    log.delay("a")
    log.apply_async(("b",), exchange="logs", routing_key="net.full")
    try:
        app.conf.task_queues = [5]
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
`,
    },
    nodes: {
      broker: 'redis-server',
      all: 'celery -A tasks worker -l info -P solo -Q all',
      client: { run: 'python tasks.py', startMs: 3000 },
    },
  });
  expect(run.lines('client')).toEqual([
    'ImproperlyConfigured: invalid task_queues: 5 is not a kombu.Queue',
  ]);
  const all = run.lines('all').join('\n');
  expect([...all.matchAll(/did (\w)/g)].map(([, text]) => text)).toEqual(['a', 'b']);
  expect(all).toContain('.> all              exchange=logs(topic) key=#');
}, 60_000);
