// A learner's first lesson, from the first sentence to a check over many seeds.

import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { readSubmission } from '#lib/lessons/submission.ts';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

for (const locale of ['en', 'zh'] as const) {
  const tag = locale === 'en' ? [LONG.tag] : [];
  test(`learner can follow the first lesson (${locale})`, { tag }, async ({ page, isMobile }) => {
    test.skip(isMobile !== (locale === 'zh'), 'each language on one screen');
    test.setTimeout(60_000);
    const lesson = new LessonPage(page, locale);
    const { names } = lesson;
    await page.goto((locale === 'zh' ? 'zh/' : '') + SLUG);
    await lesson.state('idle');

    await page.getByRole('radio', { name: 'worker2' }).check();
    await lesson.runToEnd();
    await expect(await lesson.output()).toContainText('8');

    await lesson.show(/^(Learn|学习)$/);
    await lesson.button(names.next).click();
    await lesson.button(names.run).click();
    await lesson.state('paused');
    await lesson.nodeButton('worker1', names.kill).click();
    await lesson.state('running');
    await lesson.toEnd();
    await expect(await lesson.output()).not.toContainText('8');
    await lesson.show(/^(Learn|学习)$/);
    await expect(page.getByText(names.verdict)).toBeVisible();

    await lesson.button(names.next).click();
    await lesson.button(names.ack).click();
    const sentence = page.getByText(names.sentence).filter({ visible: true });
    await expect(sentence).toBeVisible();
    await lesson.show(/^(Learn|学习)$/);
    await lesson.button(names.next).click();
    await lesson.button(names.lens).click();
    // What was chosen with everybody's eyes is let go: client may not know of it.
    await expect(sentence).toHaveCount(0);
    await expect(page.getByRole('combobox', { name: /Seen from|视角/ })).toHaveValue('client');
    await lesson.show(/^(Learn|学习)$/);
    await lesson.button(names.lens).click();
    await lesson.show(/^(Learn|学习)$/);

    await lesson.button(names.next).click();
    await lesson.button(names.apply).click();
    await expect(lesson.main).not.toHaveAttribute('data-digest');
    await lesson.runToEnd();
    await expect(await lesson.output()).toContainText('8');
    await lesson.show(/^(Learn|学习)$/);
    await lesson.button(names.check).click();
    await expect(page.getByText(names.held)).toBeVisible({ timeout: 20_000 });

    // What was tried can be handed in: the program that held, and each of its runs.
    await page.getByText(names.handIn).click();
    await page.getByRole('textbox', { name: names.author }).fill('王小明');
    const event = page.waitForEvent('download');
    await lesson.button(names.saveAnswer).click();
    const file = await event;
    expect(file.suggestedFilename()).toMatch(/^王小明-celery-first-task-.*\.submission\.json$/);
    const text = await readFile(await file.path(), 'utf8');
    const answer = readSubmission(file.suggestedFilename(), text);
    expect(answer.runs.map(({ hasHeld }) => hasHeld)).toEqual(Array(20).fill(true));
    expect(new Set(answer.runs.map(({ digest }) => digest)).size).toBeGreaterThan(1);
    expect(answer.files).toHaveProperty(['tasks.ts'], expect.stringContaining('acksLate: true'));
  });
}

test('learner can try what a lesson offers to break', async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same on every screen');
  const lesson = new LessonPage(page);
  await page.goto('lessons/pyro4-greeting/');
  await lesson.state('idle');
  // The run stops by itself where the lesson waits for a printed line.
  await lesson.button('Continue').click();
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('max');
  await lesson.button('Run').click();
  await lesson.state('paused');
  await expect(page.getByRole('log', { name: 'server output' })).toContainText('wrote Ada');
  // A scenario takes the place of faults.json and runs.
  await lesson.button('Continue').click();
  const scenario = page.getByRole('button', { name: 'Kill server before it writes' });
  await scenario.click();
  await lesson.toEnd();
  await expect(scenario).toHaveAttribute('aria-pressed', 'true');
  await expect(await lesson.output()).toContainText('no reply: ConnectionClosedError');
  await expect(page.getByRole('log', { name: 'server output' })).not.toContainText('wrote');
  // The next page begins with everybody's eyes.
  await lesson.button('See it from client').click();
  await lesson.button('Continue').click();
  await expect(page.getByRole('combobox', { name: 'Seen from' })).toHaveValue('');
});

test('the controls have the names that tests and readers look for', async ({ page }) => {
  await page.goto(SLUG);
  const toolbar = page.getByRole('toolbar', { name: 'Run controls' });
  const lesson = new LessonPage(page);
  for (const name of ['Run', 'Pause', 'Step', 'Restart', 'Back']) {
    await expect(await lesson.control(name)).toBeVisible();
  }
  await expect(toolbar.getByRole('slider', { name: 'Virtual time' })).toBeVisible();
  await expect(toolbar.getByRole('spinbutton', { name: 'Seed' })).toHaveValue('1');
  for (const name of ['Run', 'Step', 'Restart']) {
    const outside = page.getByRole('button', { name }).and(page.locator(':not([role=group] *)'));
    await expect(outside).toHaveCount(1);
  }
  await lesson.show(/^Watch$/);
  for (const node of ['client', 'broker', 'worker1', 'worker2']) {
    for (const name of ['Kill', 'Power off', 'Pause', 'Restart']) {
      await expect(lesson.nodeButton(node, name)).toBeVisible();
    }
  }
  await expect(page.getByRole('combobox', { name: 'Seen from' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Events' })).toBeAttached();
});

test(
  'the same program, seed and faults give the same digest, another seed another',
  LONG,
  async ({ page, isMobile }) => {
    test.skip(isMobile, 'the same on every screen');
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    const first = await lesson.runToEnd();
    expect(await lesson.runToEnd()).toBe(first);
    await (await lesson.control('Step')).isVisible();
    await page.getByRole('spinbutton', { name: 'Seed' }).fill('2');
    await page.getByRole('spinbutton', { name: 'Seed' }).press('Enter');
    await expect(lesson.main).not.toHaveAttribute('data-digest');
    expect(await lesson.runToEnd()).not.toBe(first);
  },
);

test('time moves back and forth without computing anything again', async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same on every screen');
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  const digest = await lesson.runToEnd();
  const end = Number(await lesson.slider.inputValue());
  await (await lesson.control('Back')).click();
  await lesson.state('paused');
  expect(Number(await lesson.slider.inputValue())).toBeLessThan(end);
  await (await lesson.control('Step')).click();
  await lesson.slider.fill('2000');
  await lesson.state('paused');
  await expect(lesson.slider).toHaveAttribute('aria-valuetext', /2.000 ms/);
  await (await lesson.control('Restart')).click();
  await lesson.state('running');
  await (await lesson.control('Pause')).click();
  await lesson.state('paused');
  expect(await lesson.digest()).toBe(digest);
});

test.describe('faults by hand', () => {
  test('while it plays: the past stays, the future changes', async ({ page, isMobile }) => {
    test.skip(isMobile, 'the same on every screen');
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await lesson.button('Run').click();
    await expect(async () => {
      expect(Number(await lesson.slider.inputValue())).toBeGreaterThan(300);
    }).toPass();
    await lesson.nodeButton('worker1', 'Kill').click();
    const struckAt = Number(await lesson.slider.inputValue());
    await lesson.state('running');
    await lesson.toEnd();
    expect(struckAt).toBeGreaterThan(300);
    await expect(page.getByRole('group', { name: 'worker1', exact: true })).toContainText('killed');
    // worker2 was there all along, and has not been hit.
    await expect(await lesson.output()).toContainText('8');
  });

  test('after the end: the run goes on from there', async ({ page, isMobile }) => {
    test.skip(!isMobile, 'the same on every screen, soonest without an editor');
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    const before = await lesson.runToEnd();
    const end = Number(await lesson.slider.inputValue());
    await lesson.show(/^Watch$/);
    await lesson.nodeButton('broker', 'Power off').click();
    await lesson.toEnd();
    expect(Number(await lesson.slider.inputValue())).toBeGreaterThanOrEqual(end);
    expect(await lesson.digest()).not.toBe(before);
    await expect(page.getByRole('group', { name: 'broker', exact: true })).toContainText(
      'no power',
    );
  });

  test('after scrubbing back: faults that lie later are kept', LONG, async ({ page, isMobile }) => {
    test.skip(isMobile, 'the same on every screen');
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    await lesson.runToEnd();
    await lesson.show(/^Watch$/);
    await lesson.slider.fill('3000');
    await lesson.nodeButton('worker1', 'Kill').click();
    await lesson.toEnd();
    await lesson.slider.fill('1000');
    await lesson.nodeButton('worker2', 'Kill').click();
    await lesson.toEnd();
    for (const node of ['worker1', 'worker2']) {
      await expect(page.getByRole('group', { name: node, exact: true })).toContainText('killed');
    }
    await lesson.show(/^Code$/);
    await page.getByRole('button', { name: 'More files' }).click();
    await page.getByRole('button', { name: 'faults.json' }).click();
    const shown = page.getByRole('tabpanel', { name: /^faults\.json/ });
    await expect(shown).toContainText('"atMs": 3000');
    await expect(shown).toContainText('"atMs": 1000');
  });
});

test('without JavaScript the text of every step is there', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${baseURL}${SLUG}`);
  await expect(page.getByRole('heading', { name: 'One task, two workers' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Ack after the work' })).toBeVisible();
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  const title = `no accessibility violation, before and after a run (${colorScheme})`;
  const tag = colorScheme === 'light' ? [LONG.tag] : [];
  test(title, { tag }, async ({ page, isMobile }) => {
    test.setTimeout(60_000);
    test.skip(isMobile !== (colorScheme === 'dark'), 'each scheme on one screen');
    const lesson = new LessonPage(page);
    await page.emulateMedia({ colorScheme });
    const violations = async () =>
      (await new AxeBuilder({ page }).exclude('.monaco').analyze()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html}`,
      );
    await page.goto(SLUG);
    await page.getByRole('radio', { name: 'nobody' }).check();
    expect(await violations()).toEqual([]);
    await lesson.runToEnd();
    expect(await violations()).toEqual([]);
  });
}
