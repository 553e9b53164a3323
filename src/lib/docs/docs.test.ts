import { expect, test } from 'vitest';
import { readApi } from './api.ts';
import { isDocumented, MODEL_TITLES, readModelDocs } from './models.ts';

test('the reference says what the declarations say', () => {
  const [module] = readApi(`
/** A module. */
declare module 'm' {
  type Hidden = string;
  /**
   * Waits.
   *
   * @param seconds 0 or more
   * @throws RangeError below 0
   */
  export function sleep(seconds: number): Promise<void>;
  /** A thing. */
  export class Thing<T> extends Base {
    /** Its size, in bytes. */
    readonly size: number;
    constructor(of: T);
  }
}`);
  expect(module).toMatchObject({ name: 'm', about: '<p>A module.</p>\n' });
  const [sleep, thing] = module!.entries;
  expect(module!.entries).toHaveLength(2);
  expect(sleep).toMatchObject({
    name: 'sleep',
    code: 'function sleep(seconds: number): Promise<void>;',
  });
  expect(sleep!.about).toContain('<li>throws: RangeError below 0</li>');
  expect(sleep!.about).toContain('<code>seconds</code>: 0 or more');
  expect(thing).toMatchObject({ name: 'Thing', code: 'class Thing<T> extends Base' });
  expect(thing!.members).toMatchObject([
    { code: 'readonly size: number;', about: '<p>Its size, in bytes.</p>\n' },
    { code: 'constructor(of: T);', about: '' },
  ]);
});

test('each model has a reference, what is left out, and a score against the real one', async () => {
  for (const model of Object.keys(MODEL_TITLES).filter(isDocumented)) {
    const { modules, sections, score, about } = await readModelDocs(model);
    expect(about, model).toContain('<p>');
    expect(modules[0]!.entries.length, model).toBeGreaterThan(5);
    expect(
      sections.map(({ title }) => title),
      model,
    ).toContain('Left out');
    expect(score, model).not.toBe('');
    expect(new Set(sections.map(({ id }) => id)).size, model).toBe(sections.length);
  }
});
