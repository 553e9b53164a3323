// The learner's files: typed, kept, wrong, mended, shared.

import { readFolder } from '../../bin/experiment.ts';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { ownSeed } from '../../src/lib/lessons/seeds.ts';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, test } from './site.ts';

const isMac = process.platform === 'darwin';

test.describe('with an editor', () => {
  test.skip(({ isMobile }) => isMobile, 'typing is tried once');

  async function replaceAll(lesson: LessonPage, text: string) {
    const { page } = lesson;
    await expect(page.locator('[data-editor=ready]')).toBeVisible({ timeout: 15_000 });
    await page.locator('.monaco .view-lines').click();
    await page.keyboard.press(isMac ? 'Meta+A' : 'Control+A');
    await page.keyboard.insertText(text);
  }

  test('an edit survives a reload, and can be undone as a whole', async ({ page }) => {
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await page.getByRole('tab', { name: 'client.ts' }).click();
    await replaceAll(lesson, "console.log('mine');\n");
    await page.reload();
    await page.getByRole('tab', { name: 'client.ts, changed' }).click();
    await expect(page.getByRole('tabpanel', { name: /client\.ts/ })).toContainText('mine');
    await lesson.runToEnd();
    await expect(await lesson.output()).toContainText('mine');
    await page.getByRole('button', { name: 'Start over' }).click();
    await lesson.state('idle');
    await expect(page.getByRole('tabpanel', { name: /client\.ts/ })).toContainText('add.delay');
  });

  test('a compile error is shown at its place, the last run stays, and is mended', async ({
    page,
  }) => {
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await lesson.runToEnd();
    await page.getByRole('tab', { name: 'client.ts' }).click();
    await replaceAll(lesson, "console.log('a';\n");
    await expect(page.getByText('The code has changed since this picture.')).toBeVisible();
    await expect(lesson.main).not.toHaveAttribute('data-digest');
    await lesson.button('Run').click();
    await expect(page.getByRole('region', { name: 'Code' }).getByRole('alert')).toContainText(
      /client\.ts:1:\d+/,
    );
    await expect(lesson.main).toHaveAttribute('data-run-state', 'finished');
    await expect(page.locator('.monaco .squiggly-error')).not.toHaveCount(0);

    await replaceAll(lesson, "console.log('a');\n");
    await lesson.runToEnd();
    await expect(page.getByRole('region', { name: 'Code' }).getByRole('alert')).toHaveCount(0);
  });

  test('a program that dies says so, with its own line', async ({ page }) => {
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await page.getByRole('tab', { name: 'client.ts' }).click();
    await replaceAll(lesson, "const a = 1;\nthrow new Error('no more');\n");
    await lesson.runToEnd();
    await expect(page.getByText(/client ended with an error: .*no more/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'client.ts:2' }).first()).toBeVisible();
  });

  test('an editor after the first one has all it needs', async ({ page }) => {
    const lesson = new LessonPage(page);
    const mode = page.waitForEvent('worker', (worker) => worker.url().includes('ts.worker'));
    await page.goto('play/');
    await replaceAll(lesson, 'a');
    await mode;
    // Another experiment in the same document: what Monaco reports of it fails the test.
    const files = { ...(await readFolder('tests/fixtures/experiments/ping-pong')), 'b.ts': 'b();' };
    const link = writeLink({ v: 1, build: 'elsewhere', files, seed: 1 });
    await page.evaluate((hash) => (location.hash = hash), link);
    await expect(page.getByText('Nothing of it has run yet')).toBeVisible();
    await page.getByRole('tab', { name: 'b.ts' }).click();
    await replaceAll(lesson, 'const second = 2;');
    await expect(page.locator('.monaco .view-lines')).toContainText('second');
  });

  test('Escape, then Tab leaves the editor', async ({ page }) => {
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await replaceAll(lesson, 'a');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect(page.locator('.monaco :focus')).toHaveCount(0);
  });

  test('completion knows the types of what programs import', async ({ page }) => {
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await replaceAll(lesson, "import { sl } from 'node';");
    for (let left = 0; left < " } from 'node';".length; left++) {
      await page.keyboard.press('ArrowLeft');
    }
    await page.keyboard.press('Control+Space');
    await expect(page.locator('.suggest-widget')).toContainText('sleep', { timeout: 15_000 });
  });
});

test('on a phone code is read first and edited on request', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'the phone has no editor at first');
  await page.goto(SLUG);
  await page.getByRole('tab', { name: 'Code', exact: true }).click();
  const code = page.getByText("import { Celery } from 'celery';").filter({ visible: true });
  await expect(code).toHaveCount(1);
  await page.getByRole('button', { name: 'Edit' }).click();
  await expect(page.locator('[data-editor=ready]')).toBeVisible({ timeout: 15_000 });
});

test.describe('links', () => {
  test.skip(({ isMobile }) => !isMobile, 'the same on every screen, soonest without an editor');
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('nothing starts while a shared run is on its way', async ({ page }) => {
    const arrival = Promise.withResolvers<void>();
    await page.goto('play/');
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await expect(run).toBeEnabled();
    await page.route('**/*.js', async (route) => {
      await arrival.promise;
      await route.continue();
    });
    const files = await readFolder('tests/fixtures/experiments/ping-pong');
    const link = writeLink({ v: 1, build: 'elsewhere', files, seed: 1 });
    await page.evaluate((hash) => (location.hash = hash), link);
    await expect(run).toBeDisabled();
    await page.keyboard.press('Space');
    arrival.resolve();
    await expect(run).toBeEnabled();
    await expect(page.locator('main')).toHaveAttribute('data-run-state', 'idle');
    await expect(page.getByText('Nothing of it has run yet')).toBeVisible();
  });

  test('a link for a class gives each reader a seed of their own, and is handed on as it is', async ({
    page,
  }) => {
    const lesson = new LessonPage(page);
    const seed = page.getByRole('spinbutton', { name: 'Seed', includeHidden: true });
    await page.goto(`${SLUG}?own`);
    await page.getByRole('textbox', { name: 'Your name or number' }).fill('Anna K.');
    await page.keyboard.press('Enter');
    const anna = ownSeed('Anna K.');
    await expect(page.getByText(`Anna K.: seed ${anna} is yours.`)).toBeVisible();
    await page.reload();
    await expect(page.getByText(`Anna K.: seed ${anna} is yours.`)).toBeVisible();
    await expect(seed).toHaveValue(String(anna));
    await lesson.button('Share').click();
    await page.getByRole('menuitem', { name: 'Show a QR code' }).click();
    const code = page.getByRole('dialog', { name: 'Show a QR code' });
    await expect(code.getByRole('img')).toHaveAccessibleName(/\/lessons\/[\w-]+\/\?own$/);
    await page.keyboard.press('Escape');

    // The next one at this device.
    await page.getByRole('button', { name: 'Somebody else?' }).click();
    await page.keyboard.insertText('Ben');
    await page.getByRole('button', { name: 'Take my seed' }).click();
    await expect(page.getByText(`Ben: seed ${ownSeed('Ben')} is yours.`)).toBeVisible();
    await expect(seed).toHaveValue(String(ownSeed('Ben')));
  });

  test('a shared run arrives with its faults, its seed and its digest, and does not run by itself', async ({
    page,
  }) => {
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await (await lesson.control('Step')).isVisible();
    await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
    await page.getByRole('spinbutton', { name: 'Seed' }).press('Enter');
    await lesson.runToEnd();
    await lesson.slider.fill('2500');
    await lesson.show(/^Watch$/);
    await lesson.nodeButton('worker1', 'Kill').click();
    await lesson.toEnd();
    const digest = await lesson.digest();
    await lesson.button('Share').click();
    await page.getByRole('menuitem', { name: 'Copy a link to this run' }).click();
    await expect(page.getByText('Link copied')).toBeVisible();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toContain('/play/#1.');
    await lesson.button('Share').click();
    await page.getByRole('menuitem', { name: 'Copy the code of a frame' }).click();
    await expect(page.getByText('Code of the frame copied')).toBeVisible();
    const frame = await page.evaluate(() => navigator.clipboard.readText());
    expect(frame).toMatch(/^<iframe src="[^"]+\/embed\/\?seed=7#1\./);
    await lesson.button('Share').click();
    await page.getByRole('menuitem', { name: 'Show a QR code' }).click();
    const code = page.getByRole('dialog', { name: 'Show a QR code' });
    await expect(code.getByRole('img')).toHaveAccessibleName(/\/lessons\/[\w-]+\/\?seed=7$/);
    await page.keyboard.press('Escape');
    await expect(code).toHaveCount(0);

    await page.goto(link);
    await expect(page.getByText('Nothing of it has run yet')).toBeVisible();
    await lesson.state('idle');
    await lesson.button('Run').click();
    await lesson.state('finished');
    expect(await lesson.digest()).toBe(digest);
  });

  for (const [what, hash, says] of [
    ['cut off', '#1.q1YqU7', 'This link arrived incomplete.'],
    ['no link of ours', '#2.<script>', 'This is not a link of Lightcone.'],
  ] as const) {
    test(`a link that is ${what} says so and changes nothing`, async ({ page }) => {
      const lesson = new LessonPage(page);
      await page.goto(`play/${hash}`);
      await expect(page.getByRole('region', { name: 'Lesson' }).getByRole('alert')).toContainText(
        says,
      );
      await lesson.state('idle');
      await lesson.runToEnd();
      await expect(await lesson.output()).toContainText('8');
    });
  }
});
