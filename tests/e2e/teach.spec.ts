// A teacher writes a lesson in the browser, and puts an experiment into a page of the course.

import AxeBuilder from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { unpackLesson } from '../../src/lib/lessons/archive.ts';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { readFolder } from '../../bin/experiment.ts';
import { LONG, expect, test } from './site.ts';

test.skip(({ isMobile }) => isMobile, 'lessons are written at a desk');

async function begin(page: Page) {
  await page.goto('teach/');
  await page.getByRole('button', { name: 'Begin', exact: true }).click();
  await expect(page.locator('[data-editor=ready]').first()).toBeVisible({ timeout: 15_000 });
}

/** In place of the file that is shown. */
async function write(page: Page, text: string) {
  await page.locator('.draft .view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
  // The preview turns to the step in which the cursor stands.
  await page.keyboard.press('ControlOrMeta+Home');
}

test(
  'a lesson is written, mended where it is wrong, downloaded and opened again',
  LONG,
  async ({ page }) => {
    test.setTimeout(120_000);
    await begin(page);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: 'Say who is here' })).toBeVisible();

    const english = readFileSync('static/lesson-template/lesson.en.md', 'utf8');
    await write(page, `## Mine {#mine}\n\nHello.\n\n::nope\n\n${english}`);
    const problem = page.getByRole('button', { name: /^lesson\.en\.md:5 unknown directive: nope/ });
    await expect(problem).toBeVisible();
    await expect(page.locator('.draft .squiggly-error')).not.toHaveCount(0);
    // A step that Chinese lacks is said as well, and the preview goes on.
    await expect(page.getByText('lesson.zh.md', { exact: true }).last()).toBeVisible();
    await expect(frame.getByRole('heading', { name: 'Mine' })).toBeVisible();

    await write(page, `## Who is here\n${english}`);
    await expect(
      page.getByRole('button', { name: /^lesson\.en\.md:1 a step begins with/ }),
    ).toBeVisible();
    await write(page, english);
    await page.getByRole('button', { name: 'ts/client.ts', exact: true }).click();
    await write(page, `// Mine.\n${readFileSync('static/lesson-template/ts/client.ts', 'utf8')}`);
    await page.getByRole('textbox', { name: 'Name in the address' }).fill('first-try');
    await expect(page.getByText('No mistakes found.')).toBeVisible();
    await page.getByRole('button', { name: 'Try what it promises' }).click();
    await expect(page.getByText(/^All \d+ trials held/)).toBeVisible({ timeout: 60_000 });

    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('first-try.zip');
    const file = await download.path();
    const { slug, files } = unpackLesson('x.zip', readFileSync(file));
    expect(slug).toBe('first-try');
    expect(files['ts/client.ts']).toMatch(/^\/\/ Mine\.\nimport/);
    expect(files['lesson.zh.md']).toBe(readFileSync('static/lesson-template/lesson.zh.md', 'utf8'));

    await page.goto('teach/');
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'broken.zip',
        mimeType: 'application/zip',
        buffer: readFileSync(file).subarray(0, 100),
      });
    await expect(page.getByRole('alert')).toContainText('broken.zip is damaged');
    await page.locator('input[type=file]').first().setInputFiles(file);
    await expect(page.locator('[data-editor=ready]').first()).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: 'ts/client.ts', exact: true }).click();
    await expect(page.locator('.draft .view-lines')).toContainText('// Mine.');
    // Both are kept, the one that was opened beside the one that was written.
    await page.goto('teach/');
    await expect(page.getByRole('link', { name: 'first-try' })).toHaveCount(2);
  },
);

test('a hostile lesson does nothing but be read', LONG, async ({ page }) => {
  test.setTimeout(60_000);
  await page.addInitScript(() => {
    Object.assign(globalThis, { alert: () => console.error('a lesson acted on the page') });
  });
  await begin(page);
  await write(
    page,
    '## Bad {#bad}\n\n<img src=x onerror=alert(1)> <b>x</b> [a](javascript:alert`1`) [b](term:"onclick=alert(1))\n\n```constructor\n<script>alert(1)</script>\n```\n',
  );
  const step = page.frameLocator('iframe').getByRole('region', { name: 'Bad' });
  await expect(step).toContainText('<img src=x onerror=alert(1)>');
  await expect(step.locator('img, b, script, a, [onclick]')).toHaveCount(0);
});

test('a lesson is held before a room, by the keys of a remote control', LONG, async ({ page }) => {
  test.setTimeout(60_000);
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.goto('lessons/celery-worker-dies/');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await page.keyboard.press('F8');
  await expect(page).toHaveURL(/\?present$/);
  const room = page.getByRole('article', { name: 'When a worker dies' });
  const next = page.getByText(/^Next: /);
  await expect(page.getByRole('banner')).toHaveCount(0);
  const size = await room.evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  expect(size).toBeGreaterThan(24);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

  await expect(room).not.toContainText('deals them out');
  await page.keyboard.press('PageDown');
  await expect(room).toContainText('deals them out');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('2');
  await expect(room.getByRole('radio', { name: 'only A' })).toBeChecked();
  await page.keyboard.press('v');
  const votes = page.getByRole('region', { name: 'Votes' });
  await page.keyboard.type('12');
  await page.keyboard.press('Enter');
  await page.keyboard.type('7');
  await expect(votes.getByRole('spinbutton', { name: 'A and C' })).toHaveValue('12');
  await expect(votes.getByRole('spinbutton', { name: 'only A' })).toHaveValue('7');
  await expect(votes).toContainText('19 hands');
  await page.keyboard.press('PageDown');
  await expect(next).toHaveText('Next: Run');
  await page.keyboard.press('.');
  await expect(page.getByRole('button', { name: 'The screen is black' })).toBeVisible();
  await page.keyboard.press('.');
  await page.keyboard.press('q');
  await expect(page.getByRole('img', { name: /^QR code of http/ })).toBeVisible();
  // Any key takes it away, and does nothing else.
  await page.keyboard.press('PageDown');
  await expect(page.getByRole('img', { name: /^QR code of http/ })).toHaveCount(0);
  await expect(next).toHaveText('Next: Run');

  // To the next step; its run stops by itself, and a press breaks what it is about.
  for (let press = 0; press < 2; press++) await page.keyboard.press('PageDown');
  await expect(next).toHaveText('Next: on to where it stops');
  await page.keyboard.press('PageDown');
  await expect(page.locator('main')).toHaveAttribute('data-run-state', 'finished');
  await page.keyboard.press('PageDown');
  await expect(room.getByRole('heading', { name: 'Kill worker1 during A' })).toBeVisible();
  await page.keyboard.press('PageDown');
  await expect(page.locator('main')).toHaveAttribute('data-run-state', 'running');
  await page.keyboard.press('PageDown');
  await expect(page.locator('main')).toHaveAttribute('data-run-state', 'paused');
  await expect(next).toHaveText('Next: kill worker1');
  await page.keyboard.press('PageDown');
  await expect(room).toContainText('worker1 was killed at');

  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/worker-dies\/$/);
  await expect(page.getByRole('banner')).toBeVisible();
});

/** A page of a course on another site. */
async function serveCourse(frame: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><link rel="icon" href="data:,"><h1>Week 3</h1>${frame}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.closeAllConnections() };
}

test('an experiment stands in the page of a course, from below a subpath', async ({
  page,
  subpathUrl,
}) => {
  const query =
    'lesson=pyro4-greeting&goal=once&lens=client&theme=dark&seed=5&speed=max&readonly=1';
  const course = await serveCourse(
    `<iframe src="${subpathUrl}embed/?${query}" title="Greeting" width="700" height="520"></iframe>`,
  );
  await page.goto(course.url);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(frame.locator('main')).toHaveAttribute('data-run-state', 'finished', {
    timeout: 15_000,
  });
  await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(frame.getByRole('combobox', { name: 'Seen from' })).toHaveValue('client');
  await expect(frame.getByRole('button', { name: 'Check 20 seeds' })).toBeVisible();
  await expect(frame.getByRole('region', { name: 'client.ts' })).toContainText('greeter.greet');
  await expect(frame.getByRole('banner')).toHaveCount(0);
  course.close();
});

for (const address of ['lessons/heartbeats/', 'embed/?lesson=heartbeats&panels=text,code']) {
  test(`what course.json withholds is not offered at ${address}`, LONG, async ({ page }) => {
    const expectHelp = async (count: number): Promise<void> => {
      await page.goto(address);
      for (let step = 1; step < 4; step++) {
        await page.getByRole('button', { name: 'Continue', exact: true }).click();
      }
      const exercise = page.getByRole('region', { name: 'Choose a patience' });
      await expect(exercise.getByRole('button', { name: 'Check 20 seeds' })).toBeVisible();
      await expect(exercise.getByRole('button', { name: "I'm stuck", exact: true })).toHaveCount(
        count,
      );
      await expect(exercise.getByText('Show a solution: monitor.ts')).toHaveCount(count);
    };
    await expectHelp(1);
    await page.evaluate(() => localStorage.clear());
    await page.route('**/lessons/course.json', (route) =>
      route.fulfill({ json: { withhold: ['solutions', 'hints'] } }),
    );
    await expectHelp(0);
  });
}

test(
  'a frame says what is wrong with its address, and shows an experiment of a link',
  LONG,
  async ({ page, pageErrors }) => {
    await page.goto('embed/');
    await expect(page.getByRole('alert')).toContainText('names no experiment');
    await page.goto('embed/?lesson=gone');
    await expect(page.getByRole('alert')).toContainText('no such lesson: gone');
    // The browser reports the file that is not there.
    pageErrors.length = 0;
    await page.goto('embed/#1.abc');
    await page.reload();
    await expect(page.getByRole('alert')).toContainText('incomplete or not one of ours');

    const files = await readFolder('static/examples/sockets/ts');
    const link = writeLink({ v: 1, build: 'x', files, seed: 3 });
    await page.setViewportSize({ width: 360, height: 480 });
    await page.goto(`embed/?panels=none&speed=max#${link}`);
    await page.reload();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.locator('main')).toHaveAttribute('data-run-state', 'finished', {
      timeout: 15_000,
    });
    await expect(page.getByRole('tab', { name: 'Code' })).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      360,
    );
  },
);

test('course.json rearranges the built site', LONG, async ({ page }) => {
  const week = { title: { en: 'Week 1', zh: '第一周' }, lessons: ['rpyc-price', 'pyro4-chain'] };
  let course: object = { chapters: [week], others: 'hide' };
  await page.route('**/lessons/course.json', (route) => route.fulfill({ json: course }));
  await page.goto('lessons/');
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('Week 1');
  await expect(page.locator('ol a')).toHaveCount(2);
  await page.goto('zh/lessons/rpyc-price/');
  await page.locator('summary').first().click();
  await expect(page.getByText('第一周', { exact: true })).toBeVisible();
  course = { hide: ['nowhere'] };
  await page.goto('lessons/');
  await expect(page.getByRole('alert')).toContainText(
    'lessons/course.json:1:10: hide.0: no such lesson: nowhere',
  );
  expect(await page.locator('ol a').count()).toBeGreaterThan(20);
});
