// `lightcone explore <folder>`: tries every schedule of a CSP program (CSP2), and gives the first that ends
// otherwise than the program should.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { scheduleText } from '#lib/experiment/schedule-file.ts';
import { exploredNode } from '#lib/runtime/explored.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { SCHEDULES_MAX, type Exploration } from '#lib/runtime/schedules.ts';
import { exploreInSandbox, readFolder } from './experiment.ts';

const USAGE = 'usage: lightcone explore <folder> [--out schedule.json]';

/** Three outcomes that a program should not have, and what one schedule of it does. */
const WORDS: Readonly<Record<Exclude<Exploration['outcome'], 'ended' | 'many'>, string>> = {
  deadlock: 'deadlocks',
  failed: 'fails',
  endless: 'goes on and on (more than 20 000 events)',
};

/**
 * Tries all schedules of the experiment in a folder.
 *
 * @returns 0 when all end, 1 with a schedule that does not, 2 for a wrong flag, 3 when there are too many
 */
export async function exploreCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' } },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) {
    console.error(`exactly one folder is needed\n${USAGE}`);
    return 2;
  }
  const { 'schedule.json': _schedule, ...files } = await readFolder(folder);
  const prepared = await prepare(files);
  const node = exploredNode(prepared);
  const { outcome, count, schedule } = await exploreInSandbox(prepared, showProgress);
  clearProgress();
  const counted = `${count} schedule${count === 1 ? '' : 's'}`;
  if (outcome === 'ended') {
    console.log(`deadlock-free in all ${counted}`);
    return 0;
  }
  if (outcome === 'many') {
    const most = `${SCHEDULES_MAX} were tried and there are more`;
    console.log(`not decided: ${most}; none of these deadlocks (${counted} that differ)`);
    return 3;
  }
  const text = scheduleText(node, schedule);
  console.log(`schedule ${count} ${WORDS[outcome]}: ${text.trim()}`);
  if (values.out !== undefined) await writeFile(values.out, text);
  const file = values.out ?? 'schedule.json';
  const place = values.out === undefined ? 'with this line as schedule.json' : 'to watch';
  console.log(`${place}: lightcone run ${folder} --schedule ${file}`);
  return 1;
}

function showProgress(count: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${count} schedules`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
