// Runs the recorded programs of RPyC, Pyro4 and PyCSP on the real packages over the simulated network
// and compares what each process prints with what it printed on Linux. Not a test: a score, by which
// docs/conformance.md says what still differs.
//
//   npm run score:packages -- [--diff] [part of a case's name…]
//
// LIGHTCONE_PACKAGES: a folder with the packages (see packages.ts).
// LIGHTCONE_RECORDINGS: a folder `<library>/<case>/{src/,*.out}` of further recordings. The programs of
// tutorials are not ours to copy: cases without programs here are run when they are there.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diff, parseArgs } from 'node:util';
import type { Files } from '#lib/experiment/experiment.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../../bin/experiment.ts';
import { masked } from './mask.ts';
import { findLibrary, LIBRARIES, type Library } from './packages.ts';

const CASES = fileURLToPath(new URL('.', import.meta.url));

interface Case {
  /** What was recorded. */
  about: string;
  /** As in cluster.json: the processes of one machine, started when they were. */
  cluster: { nodes: Record<string, unknown> };
  faults?: object[];
  /** Exit codes of the processes that ended by themselves; null of those that never did. */
  exits?: Record<string, number | null>;
}

interface Score {
  passed: number;
  /** Of these, how many print the same lines in another order: threads beside each other. */
  reordered: number;
  compared: number;
  report: string;
}

/** Texts of a folder's files, `pick`ed by name. */
async function texts(folder: string, pick: RegExp): Promise<Record<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => pick.test(name));
  const read = names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(read)) as Record<string, string>;
}

async function scoreCase(library: Library, name: string, packages: Files): Promise<Score | string> {
  const folder = path.join(CASES, library, name);
  const recordings = process.env['LIGHTCONE_RECORDINGS'];
  const recorded = recordings ? path.join(recordings, library, name) : folder;
  const outputs = { ...(await texts(recorded, /\.out$/)), ...(await texts(folder, /\.out$/)) };
  const programs = {
    ...(await texts(path.join(recorded, 'src'), /\.py$/)),
    ...(await texts(folder, /\.py$/)),
  };
  const given = JSON.parse(await readFile(path.join(folder, 'case.json'), 'utf8')) as Case;
  if (Object.keys(outputs).length === 0) return 'skipped: LIGHTCONE_RECORDINGS has it not';
  const prepared = await prepare({
    ...packages,
    ...programs,
    'cluster.json': JSON.stringify(given.cluster),
    'faults.json': JSON.stringify(given.faults ?? []),
  });
  const printed = new Map<string, string>();
  const [report] = await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    if (event.kind !== 'log') return;
    const node = event.node.split('/')[0]!;
    printed.set(node, `${printed.get(node) ?? ''}${event.text}\n`);
  });
  const score: Score = { passed: 0, reordered: 0, compared: 0, report: '' };
  for (const node of Object.keys(given.cluster.nodes)) {
    const output = outputs[`${node}.out`];
    if (output === undefined) continue;
    const process = report!.reports.find((it) => it.name === node)!;
    const exit = given.exits?.[node];
    const code = process.endedBy === 'itself' ? process.exitCode : null;
    const isExit = exit === undefined || exit === code;
    const lines = [masked(output), masked(printed.get(node) ?? '')] as const;
    const isReordered = compare(...lines) !== '' && compare(...sorted(lines)) === '';
    if (isReordered && isExit) score.reordered++;
    const difference = isReordered ? '' : compare(...lines);
    score.compared++;
    if (difference === '' && isExit) score.passed++;
    if (difference !== '') score.report += `    ${node}:\n${difference}`;
    if (!isExit) score.report += `    ${node}: exit code ${code}, recorded ${exit}\n`;
  }
  return score;
}

function sorted([one, other]: readonly [string[], string[]]): [string[], string[]] {
  return [one.toSorted(), other.toSorted()];
}

/** The lines that differ, '' when none does: `-` was recorded, `+` is ours. */
function compare(recorded: string[], ours: string[]): string {
  return diff(recorded, ours)
    .flatMap(([kind, line]) => (kind === 0 ? [] : [`      ${kind > 0 ? '-' : '+'} ${line}\n`]))
    .join('');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { diff: { type: 'boolean', default: false } },
  });
  for (const library of LIBRARIES) {
    const packages = await findLibrary(library);
    const folders = await readdir(path.join(CASES, library));
    const total = { cases: 0, passed: 0 };
    for (const name of folders.sort()) {
      const title = `${library}/${name}`;
      if (positionals.length > 0 && !positionals.some((part) => title.includes(part))) continue;
      const score = packages ? await scoreCase(library, name, packages) : 'skipped: not installed';
      if (typeof score === 'string') {
        console.log(`${title}: ${score}`);
        continue;
      }
      const isPassed = score.passed === score.compared;
      total.cases++;
      if (isPassed) total.passed++;
      const order = score.reordered > 0 ? `, ${score.reordered} in another order` : '';
      console.log(
        `${title}: ${isPassed ? 'pass' : 'differs'} (${score.passed} of ${score.compared} processes${order})`,
      );
      if (values.diff) process.stdout.write(score.report);
    }
    console.log(`${library}: ${total.passed} of ${total.cases} cases\n`);
  }
}

await main();
