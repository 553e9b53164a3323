// What the text says of an error that was raised over there: the far traceback comes with it.

import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import type { Language } from '#lib/lessons/languages.ts';
import { linesOf, tracesOf } from '../support/lesson-run.ts';

test.each<[Language, string, string, string]>([
  ['ts', 'client.ts', 'error.name', 'error.message'],
  ['py', 'client.py', 'type(error).__name__', 'error'],
])('in %s the error brings the far traceback', async (language, file, name, whole) => {
  const lesson = await readLesson('rpyc-over-there', (code) => code, language);
  const program = String(lesson.files[file]);
  expect(program).toContain(name);
  const [trace] = await tracesOf({ ...lesson.files, [file]: program.replace(name, whole) });
  const said = linesOf(trace!, 'client').join('\n');
  expect(said).toMatch(/Remote Traceback[^]*in count\n[^]*FileNotFoundError: .*'name\.txt'/);
});
