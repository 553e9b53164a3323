import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLessonJson } from './schema.ts';

const source = readFileSync('static/lessons/celery-first-task/lesson.json', 'utf8');
const change = (from: string, to: string) => () =>
  readLessonJson('x/lesson.json', source.replace(from, to));

test('a mistake is reported with file, line and place', () => {
  expect(change('"minutes": 5', '"minutes": "five"')).toThrow(
    /x\/lesson\.json:\d+:\d+: minutes: expected number/,
  );
  expect(change('"order": 1', '"ordre": 1')).toThrow('unknown key: ordre');
  expect(change('"zh": "第一个任务"', '"zh": ""')).toThrow('title.zh');
});

test('pauseOn has the grammar of faults, or waits for a printed line', () => {
  expect(change('"deliver": "ack"', '"arrives": "ack"')).toThrow(
    'steps.kill.pauseOn: a moment is a pattern of messages as in faults.json, or has log and node',
  );
});

test('a mark names the button to press', () => {
  expect(change('{ "kill": "worker1" }', '"worker1"')).toThrow('a mark needs one of kill, pause');
});

test('a check must be one of those that exist', () => {
  expect(change('{ "died": "worker1" }', '{ "dies": "worker1" }')).toThrow(
    'a check needs one of log',
  );
});
