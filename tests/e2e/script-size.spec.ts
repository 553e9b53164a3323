// DESIGN 9: what a page needs before anybody types. Read off the built files, without a browser: the
// scripts that the document names, and what these import at once.

import { expect, test } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Compressed, in bytes. */
const SCRIPT_SIZE_MAX = 150_000;

const NAMED = /(?:href="|src="|import\(")([^"]+\.js)"/g;
const IMPORTED = /\b(?:import|from)\s*"(\.[^"]+\.js)"/g;

/** What `file` names, as paths. */
function namesIn(file: string, pattern: RegExp): string[] {
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) =>
    path.join(path.dirname(file), name!),
  );
}

/** Every script that comes with a page, with its compressed size. */
function scriptsOf(page: string): Map<string, number> {
  const sizes = new Map<string, number>();
  const waiting = namesIn(page, NAMED);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (sizes.has(file) || !existsSync(file)) continue;
    sizes.set(file, gzipSync(readFileSync(file), { level: 9 }).length);
    waiting.push(...namesIn(file, IMPORTED));
  }
  return sizes;
}

test('the script of a page before its editor has less than 150 KB', ({}, { project }) => {
  test.skip(project.name !== 'phone', 'the same files on every screen');
  for (const page of ['play', 'lessons/celery-first-task', 'zh/play']) {
    const sizes = scriptsOf(`build/${page}/index.html`);
    expect(sizes.size, `scripts of ${page}`).toBeGreaterThan(5);
    const sum = [...sizes.values()].reduce((all, size) => all + size, 0);
    const largest = [...sizes].sort(([, one], [, other]) => other - one).slice(0, 5);
    expect(sum, `${page}: ${JSON.stringify(largest)}`).toBeLessThan(SCRIPT_SIZE_MAX);
  }
});
