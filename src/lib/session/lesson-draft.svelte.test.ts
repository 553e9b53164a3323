import { beforeEach, expect, test } from 'vitest';
import { keepNewDraft, keptDrafts, LessonDraft, removeDraft } from './lesson-draft.svelte.ts';

let isFull = false;
/** Keys are properties of it, as of the browser's. */
class Store {
  getItem(key: string): string | null {
    return (this as unknown as Record<string, string>)[key] ?? null;
  }
  setItem(key: string, value: string): void {
    if (isFull) throw new DOMException('full', 'QuotaExceededError');
    Object.assign(this, { [key]: value });
  }
  removeItem(key: string): void {
    delete (this as unknown as Record<string, string>)[key];
  }
}

beforeEach(() => {
  globalThis.localStorage = new Store() as unknown as Storage;
  isFull = false;
});

const lesson = { slug: 'mine', files: { 'lesson.json': '{}', 'lesson.en.md': '## A {#a}' } };

test('what is written is kept with every change, beside other lessons of the same name', () => {
  const id = keepNewDraft(lesson)!;
  expect(keepNewDraft(lesson)).toBe('mine-2');
  const draft = LessonDraft.open(id)!;
  draft.write('lesson.en.md', '## B {#b}');
  draft.create('ts/client.ts', 'x');
  draft.rename('yours');
  const later = LessonDraft.open(id)!;
  expect([later.slug, later.files]).toEqual([
    'yours',
    { 'lesson.json': '{}', 'lesson.en.md': '## B {#b}', 'ts/client.ts': 'x' },
  ]);
  expect(LessonDraft.open('mine-2')!.files).toEqual(lesson.files);
  expect(keptDrafts().map((kept) => kept.id)).toHaveLength(2);
  removeDraft(id);
  expect(LessonDraft.open(id)).toBeNull();
});

test('a full disk is said, loses nothing, and is over when there is room again', () => {
  const draft = LessonDraft.open(keepNewDraft(lesson)!)!;
  isFull = true;
  expect(keepNewDraft(lesson)).toBeNull();
  draft.write('lesson.en.md', 'more');
  expect([draft.isUnsaved, draft.files['lesson.en.md']]).toEqual([true, 'more']);
  expect(LessonDraft.open(draft.id)!.files).toEqual(lesson.files);
  isFull = false;
  draft.write('lesson.en.md', 'more!');
  expect(draft.isUnsaved).toBe(false);
  expect(LessonDraft.open(draft.id)!.files['lesson.en.md']).toBe('more!');
});

test('two windows on one lesson show the same', () => {
  const [here, there] = [keepNewDraft(lesson)!].flatMap((id) => [
    LessonDraft.open(id)!,
    LessonDraft.open(id)!,
  ]);
  there!.write('lesson.en.md', 'from there');
  const key = 'lightcone:draft:mine';
  here!.follow(key, localStorage.getItem(key));
  expect(here!.files['lesson.en.md']).toBe('from there');
  here!.follow('lightcone:draft:other', '{"slug":"other","files":{}}');
  expect(here!.slug).toBe('mine');
});

test('a removed file can be brought back; names are those of a lesson', () => {
  const draft = LessonDraft.open(keepNewDraft(lesson)!)!;
  draft.remove('lesson.en.md');
  expect([draft.removed, draft.active]).toEqual(['lesson.en.md', 'lesson.json']);
  draft.bringBack();
  expect([draft.removed, draft.files]).toEqual([null, lesson.files]);
  const names = {
    'solution/py/tasks.py': null,
    'variants/late/ts/a.ts': null,
    'ts/data/words.txt': null,
    'lesson.json': 'taken',
    'lesson.fr.md': 'unusable',
    '../a.ts': 'unusable',
    'ts/../a.ts': 'unusable',
    'client.ts': 'unusable',
  };
  for (const [name, problem] of Object.entries(names))
    expect([name, draft.nameProblem(name)]).toEqual([name, problem]);
});

test('what is no lesson in the store is passed over', () => {
  localStorage.setItem('lightcone:draft:a', 'nonsense');
  localStorage.setItem('lightcone:draft:b', '{"slug":1}');
  expect(keptDrafts()).toEqual([]);
  expect(LessonDraft.open('b')).toBeNull();
});
