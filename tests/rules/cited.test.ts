// Every rule is proven: each id in docs/rules (`**KT1**`) stands in the name of at least one test, and
// no test cites a rule that does not exist.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEST_FILE = /\.(test|spec|law)\.ts$/;
/** The name of a test or of a group of tests: what stands between the first quotes. */
const TEST_NAME = /\b(?:test|it|describe)(?:\.\w+)*\(\s*(['"`])(.*?)\1/gs;

function rulesOf(text: string): string[] {
  return [...text.matchAll(/\*\*([A-Z]+\d+)\*\*/g)].map(([, id]) => id!);
}

/** Ids in the names of tests. */
function citedIn(text: string, families: readonly string[]): string[] {
  const id = new RegExp(`\\b(?:${families.join('|')})\\d+\\b`, 'g');
  return [...text.matchAll(TEST_NAME)].flatMap(([, , name]) => name!.match(id) ?? []);
}

const rules = new Map<string, string>();
for (const file of readdirSync(`${ROOT}docs/rules`)) {
  for (const id of rulesOf(readFileSync(`${ROOT}docs/rules/${file}`, 'utf8'))) rules.set(id, file);
}
const families = [...new Set([...rules.keys()].map((id) => id.replace(/\d+$/, '')))];

const cited = new Map<string, string>();
for (const folder of ['src', 'tests']) {
  for (const entry of readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })) {
    if (!TEST_FILE.test(entry) || entry === 'rules/cited.test.ts') continue;
    const text = readFileSync(`${ROOT}${folder}/${entry}`, 'utf8');
    for (const id of citedIn(text, families)) cited.set(id, `${folder}/${entry}`);
  }
}

test('each rule of docs/rules is cited by a test', () => {
  const unproven = [...rules].filter(([id]) => !cited.has(id));
  expect(unproven.map(([id, file]) => `${id} (docs/rules/${file}) has no test`)).toEqual([]);
});

test('each rule that a test cites stands in docs/rules', () => {
  const unknown = [...cited].filter(([id]) => !rules.has(id));
  expect(unknown.map(([id, file]) => `${id}, cited in ${file}, is no rule`)).toEqual([]);
});

test('names of tests are read, and nothing else', () => {
  const text = `
    // KT1 in a comment
    test('KT2 a name', () => expect('KT3').toBe(\`KT4\`));
    describe(\`KT5 NET1 a group\`, () => {});
    test.skip(
      "NODE9's long name", () => {});`;
  expect(citedIn(text, ['KT', 'NET', 'NODE'])).toEqual(['KT2', 'KT5', 'NET1', 'NODE9']);
  expect(rulesOf('- **KT1** Time (see KT2) is **whole**.')).toEqual(['KT1']);
});
