// The first experiment by keyboard only.

import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, test } from './site.ts';

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
  const print = Number(await lesson.slider.inputValue());
  await page.getByRole('button', { name: 'Go to a moment' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Next event of client' }).press('Enter');
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
