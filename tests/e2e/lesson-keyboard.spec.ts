// A lesson by keyboard only: its first experiment, and in full.

import type { Locator, Page } from '@playwright/test';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

test.skip(({ isMobile }) => isMobile, 'a phone has no keyboard');

test('learner can predict, run, step and break something by keyboard', async ({ page }) => {
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  await expect(lesson.button('Run')).toBeEnabled();

  await page.getByRole('radio', { name: 'worker2' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'worker1, later' })).toBeChecked();

  await lesson.button('Run').focus();
  await page.keyboard.press('Enter');
  await lesson.state('running');
  await expect(lesson.slider).not.toHaveValue('0');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('toolbar').getByRole('button', { name: 'Pause' })).toBeFocused();
  await page.keyboard.press('Space');
  await lesson.state('paused');
  const before = Number(await lesson.slider.inputValue());
  await page.keyboard.press('ArrowRight');
  expect(Number(await lesson.slider.inputValue())).toBeGreaterThan(before);
  const told = page.locator('.runbar [aria-live]');
  await expect(told).toHaveText(/^[\d\s]+ ms: \w+ \w+/);
  await page.keyboard.press('ArrowLeft');

  await lesson.slider.focus();
  await page.keyboard.press('End');
  await lesson.state('finished');
  await page.keyboard.press('Home');
  await lesson.state('paused');
  await page.getByRole('application', { name: 'Space-time diagram' }).focus();
  await page.keyboard.press('p');
  await expect(lesson.slider).not.toHaveValue('0');
  const print = Number(await lesson.slider.inputValue());
  await page.getByRole('button', { name: 'Go to a moment' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Next event of client' }).press('Enter');
  await expect(lesson.slider).not.toHaveValue(String(print));
  expect(Number(await lesson.slider.inputValue())).toBeGreaterThan(print);
  await page.getByRole('menuitem', { name: 'Event of client before' }).press('Enter');
  await expect(lesson.slider).toHaveValue(String(print));
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: 'Diagram' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Events', selected: true })).toBeFocused();
  await page.keyboard.press('e');
  await expect(page.getByRole('application', { name: 'Space-time diagram' })).toBeFocused();

  await lesson.nodeButton('worker1', 'Kill').focus();
  await page.keyboard.press('Enter');
  await lesson.state('running');
  await expect(lesson.nodeButton('worker1', 'Kill')).toBeFocused();
});

test('the panes are resized by arrow keys', async ({ page }) => {
  await page.goto(SLUG);
  const learn = page.getByRole('region', { name: 'Lesson' });
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  const width = (await learn.boundingBox())!.width;
  await page.getByRole('separator', { name: 'Width of the lesson' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await learn.boundingBox())!.width).toBe(width + 16);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await learn.boundingBox())!.width).toBe(width);
});

/** Presses Tab until it is there, as a learner would. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let count = 0; count < 60; count++) {
    const [element] = await wanted.elementHandles();
    if (await element?.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(wanted).toBeFocused({ timeout: 100 });
}

/** Presses F6 until the focus is in a pane. */
async function paneTo(page: Page, pane: Locator): Promise<void> {
  const isIn = () => pane.evaluate((it) => it.contains(document.activeElement));
  for (let count = 0; count < 5 && !(await isIn()); count++) {
    const before = await page.evaluateHandle(() => document.activeElement);
    await page.keyboard.press('F6');
    await page.waitForFunction((it) => it !== document.activeElement, before);
  }
  expect(await isIn()).toBe(true);
}

test('the first lesson is walked to its end by keyboard only', LONG, async ({ page }) => {
  test.setTimeout(120_000);
  const lesson = new LessonPage(page);
  const { names } = lesson;
  const [text, code] = [page.locator('.learn'), page.locator('section.code')];
  const [stage, controls] = [page.locator('.watch'), page.locator('.runbar')];
  const toEnd = async () => {
    await paneTo(page, controls);
    await tabTo(page, lesson.slider);
    await expect(async () => {
      await page.keyboard.press('End');
      await expect(lesson.main).toHaveAttribute('data-run-state', 'finished', { timeout: 200 });
    }).toPass({ timeout: 15_000 });
  };
  const turnPage = async () => {
    await paneTo(page, text);
    await tabTo(page, lesson.button(names.next));
    await page.keyboard.press('Enter');
    await expect(page.locator('.current h2')).toBeFocused();
  };

  await page.goto(SLUG);
  await expect(lesson.button('Run')).toBeEnabled();
  await paneTo(page, text);
  await tabTo(page, page.getByRole('radio').first());
  await page.keyboard.press('ArrowDown');
  await paneTo(page, controls);
  await expect(lesson.button('Run')).toBeFocused();
  await page.keyboard.press('Enter');
  await lesson.state('running');
  await toEnd();

  // A line of the program asks what happened there; the search gives the focus to the picture.
  await paneTo(page, code);
  await tabTo(page, page.getByRole('textbox', { name: /code editor/ }));
  await page.keyboard.press('Alt+Enter');
  const find = page.getByRole('searchbox', { name: 'Find text' });
  await expect(find).toBeFocused();
  await expect(find).toHaveValue('tasks.ts:1');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('application', { name: 'Space-time diagram' })).toBeFocused();

  await turnPage();
  // Where nothing else takes it, the space bar runs.
  await page.keyboard.press('Space');
  await lesson.state('paused');
  await paneTo(page, stage);
  await tabTo(page, lesson.nodeButton('worker1', names.kill));
  await page.keyboard.press('Enter');
  await lesson.state('running');
  await toEnd();
  await expect(page.locator('.current').getByRole('status').last()).toBeVisible();

  await turnPage();
  await tabTo(page, lesson.button(names.ack));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Event', exact: true })).toContainText(
    names.sentence,
  );
  await turnPage();
  await tabTo(page, lesson.button(names.lens));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Seen from' })).toHaveValue('client');

  await turnPage();
  await tabTo(page, lesson.button(names.apply));
  await page.keyboard.press('Enter');
  await tabTo(page, lesson.button(names.check));
  await page.keyboard.press('Enter');
  await expect(page.getByText(names.held)).toBeVisible({ timeout: 30_000 });
});
