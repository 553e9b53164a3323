// The launcher's command line: `python -m scoop [options] program.py [words]`, or `scoop … program.ts`.

export interface LaunchOptions {
  /** Workers in all, or null: one for each place that hosts offer, or each core. */
  size: number | null;
  /** `--host a b`. */
  hosts: readonly string[];
  hostFile: string | null;
  verbosity: number;
  isQuiet: boolean;
  program: string;
  rest: readonly string[];
}

const USAGE =
  'usage: python -m scoop [-h] [--host [Address ...]] [--hostfile FileName] [--verbose] [-q] ' +
  '[-n NumberOfWorkers] [executable] ...';

/** The command line asks for something that does not exist. */
export class UsageError extends Error {
  override name = 'UsageError';
  constructor(problem: string) {
    super(`${USAGE}\n__main__.py: error: ${problem}`);
  }
}

/** @throws UsageError */
export function readLaunchOptions(words: readonly string[]): LaunchOptions {
  const left = [...words];
  const options = { size: null as number | null, hostFile: null as string | null };
  const hosts: string[] = [];
  let verbosity = 0;
  let isQuiet = false;
  while (left[0]?.startsWith('-')) {
    const word = left.shift()!;
    if (word === '-n' || /^-n\d+$/.test(word)) {
      options.size = countOf(word === '-n' ? left.shift() : word.slice(2));
    } else if (word === '--host' || word === '--hosts') {
      while (left.length > 0 && !/^-|\.(py|ts)$/.test(left[0]!)) hosts.push(left.shift()!);
    } else if (word === '--hostfile') options.hostFile = left.shift() ?? null;
    else if (word === '--verbose') verbosity++;
    else if (/^-v+$/.test(word)) verbosity += word.length - 1;
    else if (word === '-q' || word === '--quiet') isQuiet = true;
    else if (word === '--') break;
    else throw new UsageError(`unrecognized arguments: ${word}`);
  }
  const [program, ...rest] = left;
  if (program === undefined)
    throw new UsageError('the following arguments are required: executable');
  return { ...options, hosts, verbosity, isQuiet, program, rest };
}

function countOf(word: string | undefined): number {
  if (word === undefined) throw new UsageError('argument -n: expected one argument');
  if (/^\d+$/.test(word) && Number(word) > 0) return Number(word);
  throw new UsageError(`argument -n: invalid int value: '${word}'`);
}
