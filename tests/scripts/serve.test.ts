import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from '../../scripts/serve.mjs';

let folder: string;
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lightcone-serve-'));
  await mkdir(path.join(folder, 'site/lessons'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await writeFile(path.join(folder, 'site/404.html'), 'unknown');
  await writeFile(path.join(folder, 'site/lessons/index.html'), 'lessons');
  site = await serve(path.join(folder, 'site'), { base: '/below' });
});

afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

test('a folder is answered by its index.html, under its name with a slash', async () => {
  const response = await fetch(`${site.url}lessons`);
  expect(response.url).toBe(`${site.url}lessons/`);
  expect(await response.text()).toBe('lessons');
});

test('the unknown is answered by 404.html', async () => {
  for (const unknown of ['no/such/page', 'lessons/index.html/', '%E0%A4%A']) {
    const response = await fetch(site.url + unknown);
    expect([response.status, await response.text()]).toEqual([404, 'unknown']);
  }
});

test('nothing outside the folder or the base is served', async () => {
  for (const outside of ['%2e%2e%2fsecret.txt', '..%2fsecret.txt', '%2e%2e/%2e%2e/secret.txt']) {
    expect((await fetch(site.url + outside)).status).toBe(404);
  }
  expect((await fetch(new URL('/lessons/', site.url))).status).toBe(404);
});
