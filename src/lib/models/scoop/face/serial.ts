// `futures` of a program that was started by itself: `map` works one by one, and warns; the rest refuses.

import { wait, type Body } from '#lib/node/promise.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { NotStartedProperly } from '../errors.ts';
import { callableOf, rowsOf } from './arguments.ts';
import { Results } from './results.ts';

const REASON =
  'SCOOP was not started properly.\n' +
  "Be sure to start your program with the 'scoop' command: scoop -n 4 main.ts. " +
  'You can find further information in the documentation.';

export class SerialMap {
  readonly #process: NodeProcess;
  #hasWarned = false;

  constructor(process: NodeProcess) {
    this.#process = process;
  }

  map(callable: unknown, iterables: readonly unknown[]): Results {
    this.#warn();
    const mapped = callableOf(callable, 'map');
    const rows = rowsOf(iterables, 'map').values();
    return new Results(function* (): Body<IteratorResult<unknown, undefined>> {
      const row = rows.next();
      if (row.done) return { done: true, value: undefined };
      return { done: false, value: yield* wait(mapped(...row.value)) };
    });
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const more = 'Your map call has been replaced by a serial one.';
    this.#process.write('stderr', `RuntimeWarning: ${REASON}\n${more}\n`);
  }
}

export function refuse(): never {
  throw new NotStartedProperly(REASON);
}
