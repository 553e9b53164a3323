// Runs a CSP program by one schedule after another, in this thread and without a trace.

import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import type { Ending } from '#lib/trace/writer.ts';
import { run, type Host, type RunSpec, type TraceSink } from './run.ts';
import {
  searchSchedules,
  type ChoiceSeen,
  type Exploration,
  type Outcome,
  type Tried,
} from './schedules.ts';

/** A schedule with more events than this is not followed to its end. */
export const EVENTS_MAX = 20_000;

export interface ExploreOptions {
  spec: RunSpec;
  createHost: () => Host;
  /** Called with the number of schedules tried; a promise holds the search up. */
  onprogress?: (count: number) => Promise<void> | void;
  /** Default: `EVENTS_MAX`. */
  eventsMax?: number;
}

/** Tries all schedules of the experiment's only node (CSP2). */
export function explore(options: ExploreOptions): Promise<Exploration> {
  return searchSchedules((schedule) => attempt(options, schedule), options.onprogress);
}

async function attempt(
  { spec, createHost, eventsMax = EVENTS_MAX }: ExploreOptions,
  schedule: readonly number[],
): Promise<Tried> {
  const { cluster } = spec;
  const nodes = cluster.nodes.map((node) => ({ ...node, schedule }));
  const watcher = new Watcher();
  const { end, reports } = await run({
    spec: { ...spec, cluster: { ...cluster, nodes }, eventLimit: eventsMax },
    host: createHost(),
    sink: watcher,
  });
  if (end.reason === 'failed') throw new Error(end.detail ?? 'the simulation failed');
  const { choices, hasFailed, isStuck } = watcher;
  const hasExited = reports.some(({ endedBy, exitCode }) => endedBy === 'itself' && exitCode !== 0);
  const outcome = outcomeOf(end.reason !== 'quiescent', hasFailed || hasExited, isStuck);
  return { choices, outcome };
}

function outcomeOf(isEndless: boolean, hasFailed: boolean, isStuck: boolean): Outcome {
  if (hasFailed) return 'failed';
  if (isStuck) return 'deadlock';
  return isEndless ? 'endless' : 'ended';
}

/** Sees what the search has to know of a run. */
class Watcher implements TraceSink {
  readonly choices: ChoiceSeen[] = [];
  hasFailed = false;
  isStuck = false;

  header(): void {
    // Nobody reads it.
  }

  event(event: TraceEvent): void {
    if (event.kind !== 'state') return;
    if (event.name === 'pycsp schedule') this.choices.push(event.value as unknown as ChoiceSeen);
    else if (event.name === 'pycsp deadlock') this.isStuck = true;
    else if (event.name.startsWith('pycsp processes/')) {
      this.hasFailed ||= (event.value as unknown as { state: string }).state === 'failed';
    }
  }

  flush(): void {
    // Nothing is kept back.
  }

  end(ending: Ending): TraceEnd {
    return { kind: 'end', eventCount: 0, ...ending };
  }
}
