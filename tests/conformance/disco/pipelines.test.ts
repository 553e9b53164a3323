// Jobs whose stages the learner writes (disco.worker.pipeline), and how the outputs of one stage become
// the inputs of the next (SEMANTICS 5.3).

import { describe, expect, test } from 'vitest';
import { job, printed, stream } from './run.ts';

/** Maps write words under two labels; what `seen` gets of them is printed. */
const STAGES = `
  import { Stage, Worker } from 'disco';
  export function read(task, state, label, lines) {
    for (const line of lines)
      for (const word of line.split(' ')) task.output(word.length % 2).add(word, 1);
  }
  export const fresh = () => [];
  export function gather(task, words, label, pairs) { for (const [word] of pairs) words.push(label + word); }
  export function tell(task, words) { task.output(0).add(words.sort().join(' '), words.length); }
  const seen = new Stage('seen', { init: fresh, process: gather, done: tell });
  const input = ['raw://a bb', 'raw://c dd', 'raw://e ff', 'raw://g hh'];
  const groups = async (grouping) => {
    const job = await new Job({ worker: new Worker() }).run({ input,
      pipeline: [['split', new Stage('read', { process: read })], [grouping, seen]] });
    const texts = [];
    for await (const [text] of resultIterator(await job.wait())) texts.push(text);
    return texts;
  };`;

describe('groupings', () => {
  test.each([
    ['split', "['1a', '0bb', '1c', '0dd', '1e', '0ff', '1g', '0hh']"],
    ['group_label', "['0bb 0dd 0ff 0hh', '1a 1c 1e 1g']"],
    ['group_all', "['0bb 0dd 0ff 0hh 1a 1c 1e 1g']"],
    // n1 had the first task and the last.
    ['group_node', "['0bb 0hh 1a 1g', '0dd 1c', '0ff 1e']"],
    ['group_node_label', "['0bb 0hh', '0dd', '0ff', '1a 1g', '1c', '1e']"],
  ])('%s', async (grouping, expected) => {
    const lines = await printed(`${STAGES}\nconsole.log((await groups('${grouping}')).sort());`);
    const sortedTexts = (text: string): string[] =>
      (JSON.parse(text.replaceAll("'", '"')) as string[]).sort();
    expect(sortedTexts(lines[0]!)).toEqual(sortedTexts(expected));
  });
});

test('a stage: init once, process for each input, done once; combine, sort and inputHook', async () => {
  const lines = await printed(`${STAGES}
    export const backwards = (state, labels) => labels.sort((a, b) => b - a);
    export function once(task, state, label, pairs) { task.output(0).add(label, [...pairs].map(([word]) => word)); }
    const job = await new Job({ worker: new Worker() }).run({
      input: ['raw://e bb c', 'raw://dd a ff'],
      pipeline: [
        ['split', new Stage('read', { process: read })],
        ['group_all', new Stage('once', { process: once, inputHook: backwards, combine: true, sort: true })],
      ],
    });
    for await (const pair of resultIterator(await job.wait())) console.log(pair);`);
  expect(lines).toEqual(["[1, ['a', 'c', 'e']]", "[0, ['bb', 'dd', 'ff']]"]);
});

test('a job class carries its pipeline; stages may be called as they like', async () => {
  const lines = await printed(`${STAGES}
    export class Own extends Job {
      pipeline = [['split', new Stage('my_shuffle', { process: read })]];
    }
    const job = await new Own({ worker: new Worker() }).run({ input: ['raw://x yy'] });
    console.log((await job.wait()).length, job.name.split('@')[0]);`);
  expect(lines).toEqual(['2 Own']);
});

test.each([
  ["[['by_name', seen]]", 'DiscoError: Unknown grouping by_name'],
  ["[['split', seen], ['group_all', seen]]", 'DiscoError: Repeated stage seen'],
  ["[['split']]", 'DiscoError: Bad Stage '],
  ["[['split', seen, true]]", 'DiscoError: concurrent stages are not modelled'],
  [
    "[['split', new Stage('a/b')]]",
    "DiscoError: invalid stage name: a/b (letters, digits, '_' and '-'",
  ],
  ['[]', 'DiscoError: a pipeline needs at least one stage'],
])('a pipeline that is none: %s', async (pipeline, words) => {
  const run = await job(`import { Job, resultIterator } from 'disco';${STAGES}
    await new Job({ worker: new Worker() }).run({ input, pipeline: ${pipeline} });`);
  expect(stream(run, 'stderr').join('\n')).toContain(words);
});

test('a pipeline under a fault gives the same: what was lost is made anew', async () => {
  const source = `import { Job, resultIterator } from 'disco';${STAGES}
    console.log(await groups('group_label'));`;
  const faults = [
    { on: { deliver: 'done', to: 'master', from: 'n1', nth: 2 }, kill: 'n1' },
  ] as const;
  const run = await job(source, { faults: [...faults] });
  expect(stream(run, 'stdout')).toEqual(["['0bb 0dd 0ff 0hh', '1a 1c 1e 1g']"]);
  expect(run.of('kill', 'n1')).toHaveLength(1);
});
