// The types of all lessons' programs, as the editor sees them: the compiler takes too long for the gate.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lessonSlugs, LESSONS_FOLDER, TEMPLATE_FOLDER } from '#lib/lessons/folder.ts';
import { typeProblems } from '../../bin/types.ts';

test('no solution has what the editor underlines', { timeout: 120_000 }, async () => {
  const lessons = (await lessonSlugs()).map((slug) => ({ slug, folder: LESSONS_FOLDER }));
  const found = await typeProblems(lessons);
  expect(found.filter(({ isSolved }) => isSolved)).toEqual([]);
  // What is wrong on purpose is seen all the same.
  expect(found.map(({ slug }) => slug)).toContain('pyro4-repair');
});

test(
  'a type that is wrong in a solution is named with its line',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'types-'));
    await cp(TEMPLATE_FOLDER, path.join(folder, 'mine'), { recursive: true });
    await writeFile(path.join(folder, 'mine/solution/ts/client.ts'), "const a: number = 'x';\n");
    const [problem, ...others] = await typeProblems([{ slug: 'mine', folder }]);
    await rm(folder, { recursive: true });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ isSolved: true, diagnostic: { line: 1, column: 7 } });
    expect(problem!.diagnostic.file).toBe('mine/solution/ts/client.ts');
    expect(problem!.diagnostic.message).toContain("not assignable to type 'number'");
  },
);
