import { beforeEach, expect, test } from 'vitest';
import { Workspace } from './Workspace.svelte.ts';

const store = new Map<string, string>();
let isFull = false;
globalThis.localStorage = {
  getItem: (key: string) => store.get(key) ?? null,
  setItem(key: string, value: string) {
    if (isFull) throw new DOMException('full', 'QuotaExceededError');
    store.set(key, value);
  },
  removeItem: (key: string) => void store.delete(key),
} as Storage;

const start = { 'cluster.json': '{}', 'tasks.ts': 'a', 'client.ts': 'b' };
const make = () => new Workspace(start, ['tasks.ts', 'client.ts'], 'lesson');

beforeEach(() => {
  store.clear();
  isFull = false;
});

test('an edit survives a reload, and the other files stay those of the lesson', () => {
  make().write('tasks.ts', 'changed');
  const later = new Workspace({ ...start, 'client.ts': 'corrected' }, ['tasks.ts'], 'lesson');
  later.restore();
  expect(later.files).toEqual({ ...start, 'tasks.ts': 'changed', 'client.ts': 'corrected' });
  expect(later.isDirty('tasks.ts')).toBe(true);
});

test('a file that is reset is not kept', () => {
  const workspace = make();
  workspace.write('tasks.ts', 'changed');
  workspace.reset('tasks.ts');
  expect(store.size).toBe(0);
  expect(workspace.isAnyDirty).toBe(false);
});

test('full storage is said, and the edit is there', () => {
  const workspace = make();
  isFull = true;
  workspace.write('tasks.ts', 'changed');
  expect(workspace.isUnsaved).toBe(true);
  expect(workspace.files['tasks.ts']).toBe('changed');
});

test('faults.json can be opened before it exists', () => {
  const workspace = make();
  expect(workspace.closed).toEqual(['cluster.json', 'faults.json']);
  workspace.open('faults.json');
  expect(workspace.text).toBe('[]\n');
  expect(workspace.isAnyDirty).toBe(false);
});

test('what is in the storage is not believed', () => {
  store.set('lightcone:files:lesson', '{"tasks.ts":7,"x":"y"');
  const workspace = make();
  workspace.restore();
  expect(workspace.files).toEqual(start);
});
