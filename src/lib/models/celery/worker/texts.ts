// Longer texts of the worker's log, word for word (Celery 5.2.6).

import type { CeleryError } from '../errors.ts';
import { pythonRepr } from '../python-repr.ts';

export const CONNECTION_LOST =
  'consumer: Connection to broker lost. Trying to re-establish the connection...';

export const CANCEL_TASKS_WARNING = `celery/worker/consumer/consumer.py:367: CPendingDeprecationWarning: 
In Celery 5.1 we introduced an optional breaking change which
on connection loss cancels all currently executed tasks with late acknowledgement enabled.
These tasks cannot be acknowledged as the connection is gone, and the tasks are automatically redelivered back to the queue.
You can enable this behavior using the worker_cancel_long_running_tasks_on_connection_loss setting.
In Celery 5.1 it is set to False by default. The setting will be set to True by default in Celery 6.0.

  warnings.warn(CANCEL_TASKS_BY_DEFAULT, CPendingDeprecationWarning)
`;

/** Ends in a line end, so that the log shows an empty line behind it, as observed. */
export function connectionErrorText(
  url: string,
  problem: string,
  retry: { waitS: number; attempt: number; retryMax: number },
): string {
  const next = `Trying again in ${retry.waitS.toFixed(2)} seconds... (${retry.attempt}/${retry.retryMax})`;
  return `consumer: Cannot connect to ${url}: ${problem}.\n${next}\n`;
}

export function unknownTaskText(name: string, body: string): string {
  return `Received unregistered task of type '${name}'.
The message has been ignored and discarded.

Did you remember to import the module containing this task?
Or maybe you're using relative imports?

Please see
https://docs.celeryq.dev/en/latest/internals/protocol.html
for more information.

The full contents of the message body was:
'${body}' (${body.length}b)

Traceback (most recent call last):
KeyError: '${name}'`;
}

/** What the main process says of a task that its pool process could not end by itself. */
export function handlerErrorText(repr: string, error: CeleryError): string {
  return `Task handler raised error: ${repr}
Traceback (most recent call last):
${error.pythonModule}.${error.name}: ${error.message}`;
}

/**
 * A line with its exception, as the log has it: without the library's own frames.
 *
 * @param handled traceback of the exception during which this one was raised
 */
export function withTraceback(
  line: string,
  error: CeleryError,
  handled: string | null = null,
): string {
  const during = 'During handling of the above exception, another exception occurred:';
  const before = handled === null ? '' : `${handled.trimEnd()}\n\n${during}\n\n`;
  return `${line}\n${before}Traceback (most recent call last):\n${lastLine(error)}`;
}

/** Builtins stand without their module; the text of a KeyError is quoted. */
export function lastLine(error: CeleryError): string {
  const { name, message, pythonModule: module } = error;
  const text = name === 'KeyError' ? pythonRepr(message) : message;
  return `${module === 'builtins' ? '' : `${module}.`}${name}: ${text}`;
}
