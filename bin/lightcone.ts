// The command line (DESIGN section 7).
//
//   lightcone run <folder> [--seed n | --student name] [--faults f.json|none] [--until ms]
//                          [--json out.jsonl] [--twice] [--host inline|worker] [--schedule s.json|none]
//   lightcone explore <folder> [--out schedule.json]
//   lightcone check [lesson or folder…]
//   lightcone new-lesson <slug>
//   lightcone verify <trace.jsonl>…
//   lightcone grade <submission or folder>… [--csv]
//   lightcone export <trace.jsonl> --to shiviz|perfetto|otlp [--out file]
//
// Exit codes of `run`: 0 when every process that ended by itself did so with 0 and no program is
// left blocked; 1 when not; 2 for a bad folder or flag. Of `explore`: 0 when all schedules end, 1 with one that
// does not, 3 when there are too many to tell.

import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ownSeed } from '#lib/lessons/seeds.ts';
import { InputError } from '#lib/protocol/errors.ts';
import { formatMs, usFromMs } from '#lib/protocol/time.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Placement, RunReport } from '#lib/runtime/control.ts';
import { INTERPRETERS_MAX } from '#lib/runtime/commands.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder, runInSandbox } from './experiment.ts';

const USAGE = `usage: lightcone run <folder> [--seed n | --student name] [--faults f.json|none]
                            [--until ms] [--json out.jsonl] [--twice] [--host inline|worker]
                            [--schedule s.json|none]
       lightcone explore <folder> [--out schedule.json]
       lightcone check [lesson or folder...]
       lightcone new-lesson <slug>
       lightcone verify <trace.jsonl>...
       lightcone grade <submission or folder>... [--csv]
       lightcone export <trace.jsonl> --to shiviz|perfetto|otlp [--out file]`;

/** A flag or a folder is wrong: exit code 2. */
class UsageError extends Error {}

interface RunFlags {
  folder: string;
  seed: number | undefined;
  faults: string | undefined;
  schedule: string | undefined;
  untilUs: number | undefined;
  json: string | undefined;
  isTwice: boolean;
  placement: Placement;
}

function flagsOf(args: string[]): RunFlags {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      student: { type: 'string' },
      faults: { type: 'string' },
      schedule: { type: 'string' },
      until: { type: 'string' },
      json: { type: 'string' },
      twice: { type: 'boolean', default: false },
      host: { type: 'string', default: 'inline' },
    },
  });
  if (positionals.length !== 1) throw new UsageError('exactly one folder is needed');
  if (values.host !== 'inline' && values.host !== 'worker') {
    throw new UsageError(`unknown host: ${values.host} (hosts: inline, worker)`);
  }
  if (values.seed !== undefined && values.student !== undefined) {
    throw new UsageError('--seed or --student, not both');
  }
  if (values.student?.trim() === '') throw new UsageError('invalid --student: a name is expected');
  const until = numberOf('until', values.until);
  return {
    folder: positionals[0]!,
    seed: values.student === undefined ? numberOf('seed', values.seed) : ownSeed(values.student),
    faults: values.faults,
    schedule: values.schedule,
    untilUs: until === undefined ? undefined : usFromMs(until),
    json: values.json,
    isTwice: values.twice,
    placement: values.host,
  };
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`invalid --${flag}: ${text} (a number from 0 on is expected)`);
  }
  if (flag === 'seed' && !Number.isSafeInteger(value)) {
    throw new UsageError(`invalid --seed: ${text} (a whole number is expected)`);
  }
  return value;
}

async function runCommand(args: string[]): Promise<number> {
  const flags = flagsOf(args);
  const files = { ...(await readFolder(flags.folder)) };
  await replaceFile(files, 'faults.json', flags.faults);
  await replaceFile(files, 'schedule.json', flags.schedule);
  const prepared = await prepare(files, INTERPRETERS_MAX.commandLine);
  const run = {
    seed: flags.seed ?? prepared.cluster.seed,
    placement: flags.placement,
    ...(flags.untilUs === undefined ? {} : { untilUs: flags.untilUs }),
  };
  const json = flags.json === undefined ? null : createWriteStream(flags.json);
  const runs = flags.isTwice ? [run, { ...run, isQuiet: true }] : [run];
  const reports = await runInSandbox(prepared, runs, (line) => {
    json?.write(line + '\n');
    if (line.includes('"kind":"log"')) printLog(JSON.parse(line) as TraceEvent);
  });
  if (json) await new Promise((resolve) => json.end(resolve));
  const first = reports[0]!;
  printReport(first);
  const second = reports[1];
  if (second && second.end.digest !== first.end.digest) {
    console.log(`not reproducible: the second run has digest ${second.end.digest ?? 'none'}`);
    return 1;
  }
  if (second) console.log('the second run has the same digest');
  return exitCodeOf(first);
}

/** Takes another file than the folder's, or none. */
async function replaceFile(
  files: Record<string, string>,
  name: string,
  flag: string | undefined,
): Promise<void> {
  if (flag === 'none') delete files[name];
  else if (flag !== undefined) files[name] = await readFile(flag, 'utf8');
}

function printLog(event: TraceEvent): void {
  if (event.kind !== 'log') return;
  const node = event.node.split('/')[0]!;
  console.log(`[${formatMs(event.tUs).padStart(7)} ms] ${node} | ${event.text}`);
}

function printReport({ end, reports }: RunReport): void {
  for (const report of reports) {
    const waits = end.waiting.filter(({ node }) => node === report.name);
    if (report.endedBy === 'fault') console.log(`${report.name}: ended by a fault`);
    else if (report.endedBy === 'itself')
      console.log(`${report.name}: exit code ${report.exitCode}`);
    else if (waits.length === 0) console.log(`${report.name}: running`);
    for (const { what, line, dueUs } of report.endedBy ? [] : waits) {
      const place = line ? ` (${line})` : '';
      const due = dueUs === undefined ? '' : `, due at ${formatMs(dueUs)} ms`;
      console.log(`${report.name}: still waits for ${what}${place}${due}`);
    }
  }
  for (const members of end.deadlocks) console.log(`deadlock: ${members.join(', ')}`);
  console.log(
    `ended at ${formatMs(end.tUs)} ms: ${end.reason}${end.detail ? `, ${end.detail}` : ''}`,
  );
  console.log(`digest: ${end.digest ?? 'none'}`);
}

function exitCodeOf({ end, reports }: RunReport): number {
  if (end.reason === 'failed') return 1;
  if (reports.some(({ endedBy, exitCode }) => endedBy === 'itself' && exitCode !== 0)) return 1;
  if (end.reason !== 'quiescent') return 0;
  const servers = new Set(reports.filter(({ isServer }) => isServer).map(({ name }) => name));
  return end.waiting.some(({ node }) => !servers.has(node)) ? 1 : 0;
}

async function exportTrace(args: string[]): Promise<number> {
  const { exportCommand, EXPORT_FORMATS } = await import('./export.ts');
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { to: { type: 'string' }, out: { type: 'string' } },
  });
  if (positionals.length !== 1) throw new UsageError('exactly one trace is needed');
  const { to, out } = values;
  if (to === undefined || !EXPORT_FORMATS.includes(to)) {
    throw new UsageError(
      `unknown --to: ${to ?? 'nothing'} (formats: ${EXPORT_FORMATS.join(', ')})`,
    );
  }
  return exportCommand(positionals[0]!, to, out);
}

async function main(): Promise<number> {
  const [command, ...args] = process.argv.slice(2);
  switch (command) {
    case 'run':
      return runCommand(args);
    case 'explore': {
      const { exploreCommand } = await import('./explore.ts');
      return exploreCommand(args);
    }
    case 'check': {
      const { checkCommand } = await import('./check.ts');
      return checkCommand(args);
    }
    case 'new-lesson': {
      if (args.length !== 1) throw new UsageError('exactly one name is needed');
      const { newLessonCommand } = await import('./new-lesson.ts');
      return newLessonCommand(args[0]!);
    }
    case 'verify': {
      if (args.length === 0) throw new UsageError('a trace is needed');
      const { verifyCommand } = await import('./verify.ts');
      return verifyCommand(args);
    }
    case 'grade': {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { csv: { type: 'boolean', default: false } },
      });
      if (positionals.length === 0) {
        throw new UsageError('a submission, or a folder of them, is needed');
      }
      const { gradeCommand } = await import('./grade.ts');
      return gradeCommand(positionals, undefined, values.csv);
    }
    case 'export':
      return exportTrace(args);
    default:
      throw new UsageError(
        command === undefined ? 'a command is needed' : `unknown command: ${command}`,
      );
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (error instanceof InputError) console.error(error.message);
  else console.error(isUsage ? `${(error as Error).message}\n${USAGE}` : (error as Error).message);
  process.exitCode = 2;
}
