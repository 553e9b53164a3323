// The types that the editor knows (celery.d.ts) infer as they promise. One run of the type checker
// over all programs, because each run reads TypeScript's own library again.

import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';

const DECLARATIONS = readFileSync('src/lib/models/celery/celery.d.ts', 'utf8');

const TASKS = `import { Celery, chain, chord, group, kw } from 'celery';
const app = new Celery('demo', { broker: 'redis://redis/1', backend: 'rpc://' });
const add = app.task(function add(a: number, b: number) { return a + b; });
const slow = app.task(async function slow(name: string) { return { name }; }, { acksLate: true });
`;

const RIGHT = `
const sum: number = await (await add.delay(4, 4)).get({ timeout: 5 });
const record: { name: string } = await (await slow.delay('x')).get();
const local: number = add(1, 2);
await add.delay(3, kw({ b: 5 }));
await add.delay(kw({ a: 3, b: 5 }));
await add.applyAsync([1, 2], { countdown: 2 });
await add.applyAsync([], { kwargs: { a: 1, b: 2 } });
app.conf.taskAcksLate = true;
await chain(add.s(1, 2), add.s(3))();
await (await chord([add.s(1, 1), add.s(2, 2)])(slow.s())).get();
await group([1, 2].map((i) => add.s(i, i))).pipe(slow.s().onError(slow.si('x'))).delay();
await add.applyAsync([1, 2], { link: slow.s(), linkError: [slow.s()] });
const sent: string = (await app.sendTask('tasks.add', [1, 2])).id;
console.log(sent);
console.log(sum, record, local);`;

/** Each with what the checker must say of it. */
const WRONG: readonly (readonly [string, RegExp])[] = [
  ["await add.delay(4, '4');", /not assignable|No overload/],
  ['await add.delay(4);', /not assignable|No overload|Expected/],
  ['await add.delay(4, 4, 4);', /not assignable|No overload|Expected/],
  ['app.conf.taskAckLate = true;', /Did you mean 'taskAcksLate'/],
  ['app.task(function f() {}, { ackLate: true });', /ackLate/],
  ['const text: string = await (await add.delay(1, 2)).get();', /'number' is not assignable/],
];

function programFiles(): Record<string, string> {
  const bodies = [RIGHT, ...WRONG.map(([program]) => program)];
  const files: Record<string, string> = {
    'celery.d.ts': DECLARATIONS,
    'console.d.ts': 'declare const console: { log(...values: unknown[]): void };',
  };
  for (const [index, body] of bodies.entries()) {
    files[`${index}.ts`] = `${TASKS}export async function main() {\n${body}\n}`;
  }
  return files;
}

/** What the checker says, by file. */
function problems(): Map<string, string[]> {
  const files = programFiles();
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.ESNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, target) =>
    Object.hasOwn(files, name)
      ? ts.createSourceFile(name, files[name]!, target)
      : getSourceFile.call(host, name, target);
  host.fileExists = (name) => Object.hasOwn(files, name) || fileExists.call(host, name);
  const checked = ts.createProgram(Object.keys(files), options, host);
  const found = new Map<string, string[]>();
  for (const { file, messageText } of ts.getPreEmitDiagnostics(checked)) {
    const name = file?.fileName ?? '';
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    found.set(name, [...(found.get(name) ?? []), text]);
  }
  return found;
}

test('results have the type that the task returns, and mistakes are underlined', () => {
  const found = problems();
  const seen = [RIGHT, ...WRONG].map((_, index) => found.get(`${index}.ts`)?.join('\n') ?? '');
  expect(seen[0]).toBe('');
  for (const [index, [program, message]] of WRONG.entries()) {
    expect(seen[index + 1], program).toMatch(message);
  }
  expect(found.size).toBe(WRONG.length);
}, 60_000);
