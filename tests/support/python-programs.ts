// The programs of tests/fixtures/python/programs and what CPython prints for them (record.py there
// says how it was recorded): here they run on nodes, several in one cluster.

import { readdir, readFile } from 'node:fs/promises';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare, type Prepared } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../bin/experiment.ts';

/** One program: its text, and what it is known to print. */
export interface PythonProgram {
  /** Without its ending. */
  name: string;
  text: string;
  expected: string;
}

/** Programs that run at the same time. */
export interface PythonCluster {
  name: string;
  programs: readonly PythonProgram[];
  prepared: () => Promise<Prepared>;
}

const FOLDER = new URL('../fixtures/python/programs/', import.meta.url);
const PROGRAM = /^\d\d-.*\.py$/;
/** Nodes of one cluster: interpreters are large, and starting a run costs too. */
const BATCH_SIZE = 8;
/** What is typed at a terminal for the end of input. */
const CONTROL_D = '\u0004';

/** Every program, by number. */
export async function pythonPrograms(): Promise<PythonProgram[]> {
  const names = (await readdir(FOLDER)).filter((name) => PROGRAM.test(name)).sort();
  return Promise.all(names.map(readProgram));
}

async function readProgram(file: string): Promise<PythonProgram> {
  const name = file.slice(0, -'.py'.length);
  const [text, expected] = await Promise.all(
    [file, `${name}.out`].map((it) => readFile(new URL(it, FOLDER), 'utf8')),
  );
  return { name, text: text!, expected: expected! };
}

/** The programs in clusters, each on a machine of its own. */
export function pythonClusters(programs: readonly PythonProgram[]): PythonCluster[] {
  const count = Math.ceil(programs.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) => {
    const batch = programs.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE);
    return {
      name: `${batch[0]!.name} to ${batch.at(-1)!.name}`,
      programs: batch,
      prepared: () => prepare(filesOf(batch)),
    };
  });
}

/** Runs them on the command line. */
export async function runPython(cluster: PythonCluster): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  const run = { seed: 1, placement: 'inline' as const };
  await runInSandbox(await cluster.prepared(), [run], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    if ('tUs' in event) events.push(event);
  });
  return events;
}

function filesOf(batch: readonly PythonProgram[]): Record<string, string> {
  const nodes = Object.fromEntries(
    batch.map(({ name, text }) => [
      nodeOf(name),
      {
        run: ['python', `${name}.py`, ...header(text, 'args')].join(' '),
        stdin: [...header(text, 'stdin'), CONTROL_D],
      },
    ]),
  );
  return {
    'cluster.json': JSON.stringify({ nodes }),
    ...Object.fromEntries(batch.map(({ name, text }) => [`${name}.py`, text])),
  };
}

/** Names of nodes begin with a letter. */
const nodeOf = (name: string): string => `program-${name}`;

/** Lines such as `# stdin: apple`, anywhere in the program. */
function header(text: string, key: string): string[] {
  return [...text.matchAll(new RegExp(`^# ${key}:(?: (.*))?$`, 'gm'))].map(
    ([, line]) => line ?? '',
  );
}

/** What a program printed and how it ended, in the form of the recorded files. */
export function printedBy({ name }: PythonProgram, events: readonly TraceEvent[]): string {
  const out: string[] = [];
  const errors: string[] = [];
  let end = 'did not end';
  for (const event of events) {
    if (event.node !== nodeOf(name)) continue;
    if (event.kind === 'log') (event.stream === 'stderr' ? errors : out).push(event.text);
    if (event.kind === 'exit') end = `exit ${event.code}`;
  }
  if (errors.length > 0) out.push('--- stderr', ...errors);
  return [...out, `--- ${end}`, ''].join('\n');
}
