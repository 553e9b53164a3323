// Programs that share a child (runTogether) share nothing else: what ran before never shows.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { prepare, type Prepared } from '#lib/runtime/prepare.ts';
import { readFolder, runTogether } from '../../bin/experiment.ts';
import { gatePrograms } from '../support/law-programs.ts';

/** Tells what it finds of a program that was here before, and leaves as much as it can itself. */
const MARKS = `// @ts-nocheck
import * as node from 'node';
class Kept { static count = 0 }
const found = (name, value) => console.log(name, value === undefined ? 'nothing' : String(value));
const leave = (name, act) => {
  try {
    act();
    console.log(name, 'left');
  } catch (error) {
    console.log(name, 'refused');
  }
};
const sticky = /a/g;
const template = (parts) => parts;
const tagged = () => template\`a\`;
const places = {
  globalThis, node, console, Math, JSON, Reflect, Object, Array, Map, Promise, Error, RegExp, Date,
  'Object.prototype': Object.prototype, 'Array.prototype': Array.prototype,
  'Promise.prototype': Promise.prototype, 'Error.prototype': Error.prototype,
  'RegExp.prototype': RegExp.prototype, 'Function.prototype': Function.prototype,
  'an iterator': Object.getPrototypeOf([][Symbol.iterator]()), 'print': console.log,
  'a symbol for all': Object(Symbol.for('mark')), 'connect': node.connect,
};
for (const [name, place] of Object.entries(places)) {
  found(name, place.mark);
  leave(name, () => { place.mark = 'mark'; });
  leave(name, () => Object.defineProperty(place, 'mark', { value: 'mark' }));
}
found('a static field', Kept.count++);
found('a lastIndex', sticky.lastIndex);
sticky.exec('a');
found('a template', tagged().mark);
leave('a template', () => { tagged().mark = 'mark'; });
leave('a depth of stacks', () => { Error.stackTraceLimit = 1; });
found('a stack', new Error('x').stack);
found('a file', node.disk.exists('mark'));
node.disk.writeText('mark', 'x');
node.disk.sync('mark');
found('a random number', Math.random());
found('a time', Date.now());
`;

const marks = (): Promise<Prepared> =>
  prepare({ 'cluster.json': '{ "nodes": { "a": { "run": "a.ts" } } }', 'a.ts': MARKS });

/** Of each program what it printed and its digest, all run in one child, in this order. */
async function together(
  programs: readonly Prepared[],
): Promise<{ text: string; digest: string | undefined }[]> {
  const texts = programs.map(() => '');
  const reports = await runTogether(
    programs.map((prepared) => ({ prepared, run: { seed: 1, placement: 'inline' } })),
    (line, at) => {
      if (line.includes('"kind":"log"')) texts[at] += `${line}\n`;
    },
  );
  return reports.map(({ end }, at) => ({ text: texts[at]!, digest: end.digest }));
}

test('NODE3 a program leaves nothing that the next one finds', async () => {
  const [first, second] = await together([await marks(), await marks()]);
  expect(first!.text.split('\n').length).toBeGreaterThan(60);
  expect(second).toEqual(first);
});

test(
  'NODE3 a digest does not depend on what ran before in the same thread',
  { timeout: 60_000 },
  async () => {
    const hostile = new URL('../fixtures/experiments/hostile/', import.meta.url);
    const programs = [await prepare(await readFolder(fileURLToPath(hostile)))];
    for (const { name, prepared } of await gatePrograms()) {
      if (!name.startsWith('python-') && name !== 'cpu') programs.push(await prepared());
    }
    const forth = await together(programs);
    const back = await together([...programs].reverse());
    expect(back.reverse()).toEqual(forth);
  },
);
