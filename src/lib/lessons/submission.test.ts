import { expect, test } from 'vitest';
import { InputError } from '#lib/protocol/errors.ts';
import { readSubmission, submissionName, writeSubmission } from './submission.ts';

const answer = {
  build: 'abc',
  author: '  Anna K. ',
  lesson: 'retry-storm',
  goal: 'once',
  language: 'ts',
  files: { 'client.ts': 'console.log(1);\n' },
  runs: [
    { seed: 1, digest: 'a'.repeat(64), hasHeld: true },
    { seed: 2, hasHeld: false },
  ],
} as const;

const messageOf = (text: string): string => {
  try {
    readSubmission('x.submission.json', text);
  } catch (error) {
    if (error instanceof InputError) return error.message;
  }
  return 'read';
};

test('what is written is read again', () => {
  const text = writeSubmission({ ...answer, files: { ...answer.files }, runs: [...answer.runs] });
  expect(readSubmission('a.submission.json', text)).toEqual({
    lightconeSubmission: 1,
    ...answer,
    author: 'Anna K.',
  });
});

test('its name says whose answer it is, in any script', () => {
  expect(submissionName(answer)).toBe('anna-k-retry-storm-once.submission.json');
  expect(submissionName({ ...answer, author: '王小明' })).toBe(
    '王小明-retry-storm-once.submission.json',
  );
  expect(submissionName({ ...answer, author: '../' })).toBe('retry-storm-once.submission.json');
});

test('what is damaged or made up is refused with its place', () => {
  const text = writeSubmission({ ...answer, files: { ...answer.files }, runs: [...answer.runs] });
  expect(messageOf(text.slice(0, 200))).toMatch(/^x\.submission\.json:\d+:\d+: not JSON/);
  expect(messageOf(text.replace('"seed": 2', '"seed": -2'))).toMatch(/:\d+:\d+: runs\.1\.seed: /);
  expect(messageOf(text.replace('"goal"', '"gaol"'))).toContain('unknown key: gaol');
  expect(messageOf(text.replace('retry-storm', '../retry'))).toContain('lesson: small letters');
  expect(messageOf('x'.repeat(3_000_000))).toContain('larger than');
});
