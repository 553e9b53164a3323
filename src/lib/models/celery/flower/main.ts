// `celery -A tasks flower`: a monitor that hears the events of workers and answers over HTTP
// (flower/command.py, flower/events.py, version 1.2). Without its pages: the interface alone.

import { isStop } from '#lib/node/meter.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import type { CeleryApp } from '../app.ts';
import { cast } from '../control/client.ts';
import { CeleryError } from '../errors.ts';
import { EventStream } from '../events/receiver.ts';
import { ClusterState } from '../events/task-states.ts';
import { pythonRepr } from '../python-repr.ts';
import { timeText } from '../worker/log.ts';
import { FlowerApi } from './api.ts';
import type { FlowerOptions } from './options.ts';
import { serveHttp } from './http.ts';
import { Inspector } from './inspector.ts';

/** Workers that have started since are asked for events of tasks too. */
const ENABLE_US = 5_000_000;
const RETRY_MAX_S = 32;

/** Runs until a signal ends it. */
export function* flowerMain(app: CeleryApp, { port, address }: FlowerOptions): Body<void> {
  const { process } = app;
  for (const signal of ['SIGTERM', 'SIGINT']) process.onSignal(signal, () => process.exit(0));
  const state = new ClusterState();
  const inspector = new Inspector(app);
  const api = new FlowerApi(app, state, inspector);
  const listener = process.listen(port, address === 'localhost' || address === '127.0.0.1');
  say(app, 'command:168', `Visit me at http://${address || '0.0.0.0'}:${port}`);
  say(app, 'command:176', `Broker: ${app.transportDescription}`);
  const names = [...app.tasks.keys()].sort().map((name) => pythonRepr(name));
  say(app, 'command:177', `Registered tasks: \n[${names.join(',\n ')}]`);
  run(hear(app, state));
  run(guarded(inspector.update(null)));
  run(keepEventsOn(app));
  for (;;) run(serveHttp(yield* wait(listener.accept()), (request) => api.handle(request)));
}

/** Hears events for ever, over one connection after the other. */
function* hear(app: CeleryApp, state: ClusterState): Body<void> {
  for (let waitS = 1; ; waitS = Math.min(waitS * 2, RETRY_MAX_S)) {
    try {
      const stream = yield* EventStream.open(app, '#', true);
      say(app, 'mixins:225', `Connected to ${app.transportDescription}`);
      waitS = 1;
      for (;;) for (const event of (yield* stream.next(null)) ?? []) state.hear(event);
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      if (!(error instanceof CeleryError)) throw error;
      say(
        app,
        'events:144',
        `Failed to capture events: '${error.message}', trying again in ${waitS} seconds.`,
        'E',
      );
      yield* wait(app.process.sleepUs(waitS * 1e6, { label: 'broker retry' }));
    }
  }
}

/** Changes nothing where it is so already: no run is held open for it. */
function* keepEventsOn(app: CeleryApp): Body<void> {
  for (;;) {
    yield* guarded(cast(app, { method: 'enable_events', arguments: {}, destination: null }));
    const options = { isBackground: true, label: 'enable events' };
    yield* wait(app.process.sleepUs(ENABLE_US, options));
  }
}

/** Without a broker it goes on: `hear` tells of that. */
function* guarded(work: Body<void>): Body<void> {
  try {
    yield* work;
  } catch (error) {
    if (!(error instanceof CeleryError)) throw error;
  }
}

/** `[I 260101 00:00:01 command:168] Visit me at …`, as Tornado writes it. */
function say({ process }: CeleryApp, place: string, text: string, level = 'I'): void {
  const time = timeText(process.wallUs()).slice(2).replaceAll('-', '');
  process.write('stderr', `[${level} ${time} ${place}] ${text}\n`, false);
}
