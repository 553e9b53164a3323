// The zip for a USB stick: unpacked and served by nothing but Python, a lesson runs.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { zipSite } from '../../scripts/zip.ts';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

test.skip(({ isMobile }) => isMobile, 'the same on every screen');
test.skip(() => spawnSync('python3', ['--version']).status !== 0, 'needs Python 3');

const SERVERS = {
  'its own script': ['python3', 'serve.py', '0'],
  'Python’s file server': ['python3', '-m', 'http.server', '0', '--bind', '127.0.0.1'],
  'what it is started by': ['sh', 'start.sh', '0'],
  Node: ['node', 'start.mjs', '0'],
};

for (const [name, [command = '', ...args]] of Object.entries(SERVERS)) {
  test(`a lesson runs off a USB stick, served by ${name}`, LONG, async ({ page }) => {
    test.setTimeout(60_000);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'lightcone-usb-'));
    const zip = path.join(folder, 'lightcone.zip');
    await writeFile(zip, zipSite('build'));
    expect(spawnSync('python3', ['-m', 'zipfile', '-e', zip, folder]).status).toBe(0);
    const server = spawn(command, args, {
      cwd: path.join(folder, 'lightcone'),
      // It opens a browser, which this test has already.
      env: { ...process.env, PYTHONUNBUFFERED: '1', BROWSER: 'true' },
    });
    try {
      const port = await new Promise<string>((resolve) => {
        server.stdout.on('data', (text: Buffer) => {
          const [, found] = /(?:port |localhost:)(\d+)/.exec(text.toString()) ?? [];
          if (found) resolve(found);
        });
      });
      const lesson = new LessonPage(page);
      await page.goto(`http://localhost:${port}/${SLUG}`);
      await lesson.runToEnd();
      await expect(await lesson.output()).toContainText('8');
      // A folder's page, found by its address without the slash.
      await page.goto(`http://localhost:${port}/zh/lessons`);
      await expect(page.getByRole('heading', { level: 1, name: '课程' })).toBeVisible();
    } finally {
      // What the page still fetches is nobody's fault when its server is gone.
      await page.goto('about:blank');
      server.kill();
      await rm(folder, { recursive: true });
    }
  });
}

test('the same site gives the same zip', LONG, () => {
  expect(Buffer.from(zipSite('build')).equals(Buffer.from(zipSite('build')))).toBe(true);
});
