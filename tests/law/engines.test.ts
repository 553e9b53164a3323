// The law for learners' TypeScript alone (DESIGN section 2, Determinism): the same lines, the same
// failure and the same CPU time in every engine, for programs chosen to tell engines apart.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, expect, test } from 'vitest';
import { compileTypeScript } from '../../src/lib/languages/typescript/compile.ts';
import { openEngines } from '../support/engines.ts';

const PROGRAMS = new URL('../fixtures/typescript/', import.meta.url);
const ENTRY = fileURLToPath(new URL('../support/engine-entry.ts', import.meta.url));
const LIB = fileURLToPath(new URL('../../src/lib', import.meta.url));

async function bundled(): Promise<string> {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    resolve: { alias: { '#lib': LIB } },
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true, strict: true });
  return output[0].code;
}

function compiled(): string {
  const entries = readdirSync(PROGRAMS).map((name) => {
    const source = readFileSync(new URL(name, PROGRAMS), 'utf8');
    const { text, diagnostics } = compileTypeScript(
      { [name]: source },
      { builtins: ['node', 'bench'] },
    );
    expect(diagnostics).toEqual([]);
    return `${JSON.stringify(name)}: ${text}`;
  });
  return `{${entries.join(',\n')}}`;
}

const engines = await openEngines();
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

const script = `${await bundled()}\nreport(JSON.stringify(runAll(${compiled()})));`;
const expected = JSON.parse(String(await engines[0]!.run(script))) as Record<string, unknown>;

for (const engine of engines) {
  test(`NODE3 NODE7 NODE8 ${engine.name} runs every program as Node.js does`, async () => {
    const outcomes = JSON.parse(String(await engine.run(script))) as Record<string, unknown>;
    expect(Object.keys(expected).length).toBeGreaterThan(5);
    for (const name of Object.keys(expected)) {
      expect(outcomes[name], name).toEqual(expected[name]);
      expect(outcomes[name], name).toMatchObject({ failure: null });
    }
  });
}

test('NODE3 nothing of the realm can be changed, and no text becomes code', () => {
  const { lines } = expected['realm.ts'] as { lines: string[] };
  const unfrozen = lines.filter((line) => line.includes('false'));
  // The prototype of a generator function is the program's own object.
  expect(unfrozen).toEqual(['0 false']);
  const ways = [
    'Function',
    'generator',
    'async',
    'of a builtin',
    'of an error',
    'Reflect',
    'subclass',
    'bind',
  ];
  for (const way of ways) expect(lines).toContain(`${way} throws EvalError`);
  const changes = [
    'polluting Object',
    'polluting Array',
    'through __proto__',
    'through an instance',
    'delete',
    'date',
  ];
  for (const change of changes) expect(lines).toContain(`${change} throws TypeError`);
});
