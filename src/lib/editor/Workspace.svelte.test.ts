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

test('lent files go without a trace, and what the learner wrote is there again', () => {
  const workspace = make();
  workspace.write('tasks.ts', 'mine');
  const kept = [...store];
  workspace.lend({ 'cluster.json': '{}', 'tasks.ts': 'lent' });
  workspace.write('tasks.ts', 'changed');
  expect(workspace.tabs).toEqual(['tasks.ts']);
  expect(workspace.ownFiles).toEqual({ ...start, 'tasks.ts': 'mine' });
  workspace.lend({ 'tasks.ts': 'other' });
  expect([...store]).toEqual(kept);
  workspace.takeBack();
  expect(workspace.files).toEqual({ ...start, 'tasks.ts': 'mine' });
  expect([...store]).toEqual(kept);
});

test('what is in the storage is not believed', () => {
  store.set('lightcone:files:lesson', '{"tasks.ts":7,"x":"y"');
  const workspace = make();
  workspace.restore();
  expect(workspace.files).toEqual(start);
});

test('files that were made, renamed and removed are so after a reload', () => {
  const files = () => new Workspace(start, ['tasks.ts', 'client.ts'], 'play', true);
  const workspace = files();
  workspace.create('server.py');
  workspace.create('lib/shop.py', 'x = 1\n');
  workspace.rename('client.ts', 'main.ts');
  workspace.remove('tasks.ts');
  expect(workspace.tabs).toEqual(['main.ts', 'server.py', 'lib/shop.py']);
  const later = files();
  later.restore();
  expect(later.files).toEqual({
    'cluster.json': '{}',
    'main.ts': 'b',
    'server.py': '',
    'lib/shop.py': 'x = 1\n',
  });
  expect(later.tabs).toEqual(workspace.tabs);
  later.resetAll();
  expect(later.files).toEqual(start);
  expect(later.tabs).toEqual(['tasks.ts', 'client.ts']);
  expect(store.size).toBe(0);
});

test('a file that was removed can be brought back, with its edits', () => {
  const workspace = make();
  workspace.write('tasks.ts', 'changed');
  workspace.remove('tasks.ts');
  expect(workspace.active).toBe('client.ts');
  workspace.bringBack();
  expect(workspace.removed).toBeNull();
  expect(workspace.text).toBe('changed');
});

test('a name that is taken or leads elsewhere is refused', () => {
  const workspace = make();
  expect(workspace.nameProblem('tasks.ts')).toBe('taken');
  for (const name of ['', 'a', '../a.py', '/a.py', 'a b.py', 'a.exe', '.py']) {
    expect(workspace.nameProblem(name)).toBe('unusable');
  }
  expect(workspace.nameProblem('lib/a_b-1.py')).toBeNull();
});

test('packages are kept beside the edits, have no tabs, and come back when removed', () => {
  const workspace = new Workspace(start, ['tasks.ts'], 'play', true);
  workspace.setPackages({ ...start, 'site-packages/a/b.py': 'x', 'site-packages/c.py': '' });
  const kept = store.get('lightcone:packages:play');
  workspace.write('tasks.ts', 'changed');
  expect(store.get('lightcone:packages:play')).toBe(kept);
  expect(store.get('lightcone:files:play')).not.toContain('site-packages');

  const later = new Workspace(start, ['tasks.ts'], 'play', true);
  later.restore();
  expect(later.files).toEqual(workspace.files);
  expect([...later.tabs, ...later.closed]).not.toContainEqual(expect.stringMatching('packages'));

  later.removePackage('a', ['site-packages/a/b.py']);
  expect(later.removed).toBe('a');
  expect('site-packages/a/b.py' in later.files).toBe(false);
  later.bringBack();
  expect(later.files).toEqual(workspace.files);
  later.resetAll();
  expect(store.size).toBe(0);
});
