// Disco's jobs on the Python face: one run, because each task is an interpreter.

import { expect, test } from 'vitest';
import { sandboxed } from '../celery/harness.ts';
import { stream } from './run.ts';

const CLIENT = `
from disco.core import Job, result_iterator
from disco.ddfs import DDFS
from disco.error import DiscoError, JobError
import io

def map(line, params):
    import string
    for word in line.split():
        stripped = word.translate(str.maketrans("", "", string.punctuation)).lower()
        yield stripped, 1

def reduce(iter, params):
    from disco.util import kvgroup
    for word, counts in kvgroup(sorted(iter)):
        yield word, sum(counts)

def endless(line, params):
    while True:
        yield line, 'x' * 100

if __name__ == '__main__':
    try:
        Job().run(input="There are known knowns.", map=map, reduce=reduce)
    except DiscoError as error:
        print(error)
    DDFS().push('texts', [(io.BytesIO(b'We know we do not know.\\n'), 'more')])
    job = Job().run(input=["raw://There are known knowns.", "tag://texts"], map=map, reduce=reduce)
    for word, count in result_iterator(job.wait(show=True)):
        print(word, count)
    try:
        Job().run(input=["raw://a"], map=endless).wait(show=True)
    except JobError as error:
        print(error)
`;

test('the program of the tutorial, repaired, counts; a map that gives for ever is stopped', async () => {
  const run = await sandboxed({
    files: { 'client.py': CLIENT },
    nodes: {
      master: 'disco-master',
      n1: 'disco-node --slots 1',
      n2: 'disco-node --slots 1',
      client: { run: 'python client.py', startMs: 100 },
    },
    untilMs: 60_000,
  });
  expect(stream(run, 'stderr')).toEqual([]);
  const lines = stream(run, 'stdout');
  expect(lines[0]).toBe(
    "Job 'input' is not a list of input locations,or a list of such lists: There are known knowns.",
  );
  expect(lines[1]).toMatch(/^Job@6e7:/);
  expect(lines.join('\n')).toMatch(
    /2026\/01\/01 00:00:0\d n[12] MSG: \[map:1\] Done: 1 entries mapped/,
  );
  const end = lines.findIndex((line) => / READY: /.test(line)) + 1;
  expect(lines.slice(end, end + 10).filter((line) => /^\w+ \d+$/.test(line))).toEqual([
    'are 1',
    'do 1',
    'know 2',
    'known 1',
    'knowns 1',
    'not 1',
    'there 1',
    'we 2',
  ]);
  expect(lines.slice(end + 10).join('\n')).toMatch(
    /FATAL: \[map:0\] disco\.error\.DiscoError: map:0 gives more than 16 MiB for one label/,
  );
  expect(lines.at(-1)).toMatch(/^Job Job@.* failed: Status dead$/);
  expect(run.end.waiting).toEqual([]);
}, 120_000);
