// `celery call`, `result` and `purge` (celery/bin/{call,result,purge}.py): send a task by its name, wait
// for a result, throw away what waits.

import { wait, type Body } from '#lib/node/promise.ts';
import { END_OF_INPUT } from '#lib/protocol/keyboard.ts';
import type { CeleryApp } from '../app.ts';
import { readError } from '../backends/backend.ts';
import { publishOptionsOf } from '../call-options.ts';
import { NotRegistered } from '../errors.ts';
import { loads } from '../json.ts';
import { waitForResult } from '../results.ts';
import { defaultQueues } from '../routing.ts';
import { wireLine } from './failure-text.ts';
import type { CallLine, PurgeLine, ResultLine } from './options.ts';
import { shown } from './pretty.ts';
import { purge } from './purge.ts';

/** By its name alone: nobody looks whether the arguments fit. */
export function* call(app: CeleryApp, line: CallLine): Body<number> {
  const { name } = line;
  const decoded = yield* wait(app.space.decodeCall(line.positional, line.keywords));
  const options = app.tasks.get(name)?.options ?? {};
  const { taskId } = yield* app.send(
    { name, functionName: name, callable: null, options },
    decoded,
    publishOptionsOf(app.process, line.options),
  );
  app.process.write('stdout', `${taskId}\n`, false);
  return 0;
}

export function* result(app: CeleryApp, line: ResultLine): Body<number> {
  const { taskId, task, isTraceback } = line;
  if (task !== null && !app.tasks.has(task)) throw new NotRegistered(task);
  const print = (text: string): void => app.process.write('stdout', `${text}\n`, false);
  if (isTraceback) {
    print((yield* app.backend.meta(taskId)).traceback ?? '');
    return 0;
  }
  const { meta } = yield* waitForResult(app, { taskId, name: 'task', timeout: undefined });
  if (meta.status === 'SUCCESS') {
    const value = loads(meta.resultText);
    print(value === null ? '' : shown(value));
    return 0;
  }
  const text = `Traceback (most recent call last):\n${wireLine(readError(meta.resultText))}\n`;
  app.process.write('stderr', text, false);
  return 1;
}

/** Asks, unless told not to, and empties queues. */
export function* confirmPurge(app: CeleryApp, line: PurgeLine): Body<number> {
  const given = line.queues.length > 0 ? line.queues : defaultQueues(app.settings);
  const names = [...new Set(given)].filter((name) => !line.excluded.includes(name)).sort();
  if (names.length === 0) return 0;
  const queues = names.length === 1 ? 'queue' : 'queues';
  if (!line.isForced && !(yield* confirmed(app, `${queues}: ${names.join(', ')}`))) {
    app.process.write('stderr', 'Aborted!\n', false);
    return 1;
  }
  const count = yield* purge(app, names);
  const messages = count === 1 ? 'message' : 'messages';
  app.process.write(
    'stdout',
    count === 0
      ? `No messages purged from ${names.length} ${queues}.\n`
      : `Purged ${count} ${messages} from ${names.length} known task ${queues}.\n`,
    false,
  );
  return 0;
}

const ANSWERS: Readonly<Record<string, boolean>> = { y: true, yes: true, n: false, no: false };

function* confirmed({ process }: CeleryApp, what: string): Body<boolean> {
  const prompt = `WARNING:This will remove all tasks from ${what}.
         There is no undo for this operation!

(to skip this prompt use the -f option)
Are you sure you want to delete all tasks? [y/N]: `;
  for (;;) {
    const line = yield* wait(process.readLine(prompt));
    const answer = line.trim().toLowerCase();
    if (answer === '' || line === END_OF_INPUT) return false;
    const isYes = ANSWERS[answer];
    if (isYes !== undefined) return isYes;
    process.write('stdout', 'Error: invalid input\n', false);
  }
}
