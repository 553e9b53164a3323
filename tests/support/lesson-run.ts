// Runs a lesson's programs as a scenario has them, for what no check can say: what a panel tells of a run,
// what stands in a file, whether two runs are alike.

import type { Files } from '#lib/experiment/experiment.ts';
import { readLesson } from '#lib/lessons/folder.ts';
import type { Language } from '#lib/lessons/languages.ts';
import { filesOf } from '#lib/lessons/outcome.ts';
import { struck } from '#lib/lessons/trials.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runInSandbox } from '../../bin/experiment.ts';

/** A run of each seed. */
export async function tracesOf(
  files: Files,
  seeds: readonly number[] = [1],
): Promise<TraceStore[]> {
  const traces = seeds.map(() => new TraceStore());
  const runs = seeds.map((seed) => ({ seed, placement: 'inline' as const }));
  const prepared = await prepare(files);
  await runInSandbox(prepared, runs, (line, index) => traces[index]!.append(`${line}\n`));
  return traces;
}

/** A run of each seed: the programs of a scenario under its faults. */
export async function scenarioRuns(
  slug: string,
  scenario: string,
  seeds: readonly number[] = [1],
  language: Language = 'ts',
): Promise<TraceStore[]> {
  const lesson = await readLesson(slug, (code) => code, language);
  const given = lesson.scenarios![scenario]!;
  return tracesOf(struck(filesOf(lesson, given), given), seeds);
}

/** What a node has printed, line by line. */
export function linesOf(trace: TraceStore, node: string): string[] {
  const lines: string[] = [];
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== 'log' || trace.processAt(id).node !== node) continue;
    lines.push(trace.textAt(id, 'text')!);
  }
  return lines;
}
