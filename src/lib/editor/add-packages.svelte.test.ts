import { strToU8, zipSync } from 'fflate';
import { afterEach, expect, test } from 'vitest';
import { overwriteGetLocale, type Locale } from '#lib/i18n/paraglide/runtime.js';
import { PACKAGE_FILE_SIZE_MAX } from '#lib/experiment/packages.ts';
import { addPackages } from './add-packages.ts';
import { Workspace } from './Workspace.svelte.ts';

const zip = (path: string, size = 1): File =>
  new File(
    [zipSync({ 'fast/__init__.py': strToU8(''), [path]: new Uint8Array(size) })],
    'fast.zip',
  );

afterEach(() => overwriteGetLocale(() => 'en'));

test.each<[string, File, Record<Locale, RegExp>]>([
  [
    'machine code',
    zip('fast/speed.so'),
    {
      en: /^fast\.zip is not added: fast\/speed\.so is machine code/,
      zh: /fast\/speed\.so 是机器码/,
    },
  ],
  [
    'a large file',
    zip('fast/data.bin', PACKAGE_FILE_SIZE_MAX + 1),
    { en: /fast\/data\.bin is larger than/, zh: /fast\/data\.bin 超过了/ },
  ],
  ['a path out of it', zip('../evil.py'), { en: /leads out of it/, zh: /指到了包外/ }],
  ['no package', new File([zipSync({ a: strToU8('') })], 'a.zip'), { en: /no Python/, zh: /不是/ }],
  ['a broken archive', new File(['no zip'], 'a.whl'), { en: /it is broken/, zh: /文件已损坏/ }],
])('a package with %s is refused in the language of the page', async (_name, file, words) => {
  for (const locale of ['en', 'zh'] as const) {
    overwriteGetLocale(() => locale);
    const workspace = new Workspace({ 'cluster.json': '{}' }, [], 'play');
    const { text, isRefused } = await addPackages(workspace, [file]);
    expect(isRefused).toBe(true);
    expect(text).toMatch(words[locale]);
    expect(Object.keys(workspace.files)).toEqual(['cluster.json']);
  }
});
