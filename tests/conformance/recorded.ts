// Runs programs that were recorded on Linux on simulated machines and compares what each process prints
// with what it printed there. Not a test: a score, by which docs/conformance.md says what still differs.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { diff, parseArgs } from 'node:util';
import type { Files } from '#lib/experiment/experiment.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { INTERPRETERS_MAX } from '#lib/runtime/commands.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import type { RunReport } from '#lib/runtime/control.ts';
import { runInSandbox } from '../../bin/experiment.ts';

/** The recorded cases of one library. */
export interface Suite {
  name: string;
  /** `<case>/{case.json,*.py,*.out}`. */
  folder: string;
  /**
   * `<case>/{src/,*.out}` of further recordings, if this machine has them. The programs of tutorials are
   * not ours to copy: cases without programs in `folder` run when they are there.
   */
  recordings: string | undefined;
  /** What every case needs beside its own programs; null when this machine has it not. */
  files: Files | null;
  /** The lines of an output that can be compared. */
  mask: (output: string, nodes: string[]) => string[];
}

interface Case {
  /** What was recorded. */
  about: string;
  /** As in cluster.json: the processes of one machine, started when they were. */
  cluster: { nodes: Record<string, { stdin?: string[] }> };
  faults?: object[];
  /** Exit codes of the processes that ended by themselves; null of those that never did. */
  exits?: Record<string, number | null>;
  /** Processes among which it is open who does what: their lines are compared together. */
  together?: string[];
}

interface Score {
  passed: number;
  /** Of these, how many print the same lines in another order: threads beside each other. */
  reordered: number;
  compared: number;
  report: string;
}

/** Texts of a folder's files, those in folders too, `pick`ed by name. */
async function texts(folder: string, pick: RegExp): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const read = names
    .filter((name) => pick.test(name))
    .map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(read)) as Record<string, string>;
}

/** What each process printed, and how it ended. */
async function runCase(
  given: Case,
  files: Files,
): Promise<{ printed: Map<string, string>; reports: RunReport['reports'] }> {
  const prepared = await prepare(
    {
      ...files,
      'cluster.json': JSON.stringify(given.cluster),
      'faults.json': JSON.stringify(given.faults ?? []),
    },
    INTERPRETERS_MAX.commandLine,
  );
  const printed = new Map<string, string>();
  const [report] = await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    if (event.kind !== 'log') return;
    const node = event.node.split('/')[0]!;
    printed.set(node, `${printed.get(node) ?? ''}${event.text}\n`);
  });
  return { printed, reports: report!.reports };
}

async function scoreCase(suite: Suite, name: string, files: Files): Promise<Score | string> {
  const folder = path.join(suite.folder, name);
  const recorded = suite.recordings ? path.join(suite.recordings, name) : folder;
  const own = await texts(folder, /\.out$/);
  const outputs = Object.keys(own).length > 0 ? own : await texts(recorded, /\.out$/);
  const programs = {
    ...(await texts(path.join(recorded, 'src'), /\.py$/)),
    ...(await texts(folder, /\.py$/)),
  };
  const given = JSON.parse(await readFile(path.join(folder, 'case.json'), 'utf8')) as Case;
  if (Object.keys(outputs).length === 0) return 'skipped: LIGHTCONE_RECORDINGS has it not';
  const { printed, reports } = await runCase(given, { ...files, ...programs });
  const nodes = Object.keys(given.cluster.nodes);
  const together = given.together ?? [];
  const score: Score = { passed: 0, reordered: 0, compared: 0, report: '' };
  for (const node of nodes) {
    if (outputs[`${node}.out`] === undefined) continue;
    const process = reports.find((it) => it.name === node)!;
    const exit = given.exits?.[node];
    const code = process.endedBy === 'itself' ? process.exitCode : null;
    const isExit = exit === undefined || exit === code;
    const of = together.includes(node) ? together : [node];
    const theirs = of.flatMap((it) => suite.mask(outputs[`${it}.out`] ?? '', nodes));
    const shown = (it: string): string =>
      withoutEcho(printed.get(it) ?? '', given.cluster.nodes[it]?.stdin ?? []);
    const ours = of.flatMap((it) => suite.mask(shown(it), nodes));
    const isReordered =
      compare(theirs, ours) !== '' && compare(theirs.toSorted(), ours.toSorted()) === '';
    if (isReordered && isExit) score.reordered++;
    const difference = isReordered ? '' : compare(theirs, ours);
    score.compared++;
    if (difference === '' && isExit) score.passed++;
    if (difference !== '') score.report += `    ${node}:\n${difference}`;
    if (!isExit) score.report += `    ${node}: exit code ${code}, recorded ${exit}\n`;
  }
  return score;
}

/** A node shows what is typed, as a terminal does; the recorded processes read their input from a pipe. */
function withoutEcho(output: string, stdin: string[]): string {
  let from = 0;
  for (const line of stdin) {
    const at = output.indexOf(`${line}\n`, from);
    if (at < 0) break;
    output = output.slice(0, at) + output.slice(at + line.length + 1);
    from = at;
  }
  return output;
}

/** The lines that differ, '' when none does: `-` was recorded, `+` is ours. */
function compare(recorded: string[], ours: string[]): string {
  return diff(recorded, ours)
    .flatMap(([kind, line]) => (kind === 0 ? [] : [`      ${kind > 0 ? '-' : '+'} ${line}\n`]))
    .join('');
}

/** Runs and prints the cases that the command line names (`[--diff] [part of a case's name…]`). */
export async function printScores(suites: Suite[]): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { diff: { type: 'boolean', default: false } },
  });
  for (const suite of suites) {
    const entries = await readdir(suite.folder, { withFileTypes: true });
    const folders = entries.filter((it) => it.isDirectory()).map((it) => it.name);
    const total = { cases: 0, passed: 0 };
    for (const name of folders.sort()) {
      const title = `${suite.name}/${name}`;
      if (positionals.length > 0 && !positionals.some((part) => title.includes(part))) continue;
      const score = suite.files
        ? await scoreCase(suite, name, suite.files)
        : 'skipped: not installed';
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
    console.log(`${suite.name}: ${total.passed} of ${total.cases} cases\n`);
  }
}
