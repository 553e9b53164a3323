// A run that was broken at the cursor, beside the one before.

import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

test('a fault at the cursor keeps the run before, and both stand side by side', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await page.goto('play/');
  await lesson.runToEnd();
  await lesson.show(/^Watch$/);
  await lesson.slider.fill('2100');
  await lesson.nodeButton('worker1', 'Kill').click();
  await lesson.state('running');
  await lesson.toEnd();
  await lesson.panel('Compare');
  const facts = page.getByRole('region', { name: 'Compare' });
  await expect(facts).toContainText('added: kill worker1 at 2 100 ms');
  await expect(facts).toContainText('now: worker1 is killed');
  await expect(page.getByRole('group', { name: 'Both diagrams' })).toBeVisible();
  const client = page.getByRole('region', { name: 'client output in both' });
  await expect(client).toContainText(/both: ?[\d\s]+sent/);
  const broker = page.getByRole('region', { name: 'broker output in both' });
  await expect(broker).toContainText(/only now: ?[\d\s]+.*closing AMQP connection from worker1/);

  // The one cursor goes to where they part.
  await facts.getByRole('button', { name: 'Go to 2 100 ms' }).first().click();
  await expect(lesson.slider).toHaveValue('2100');
  await expect(broker).not.toContainText('closing');

  // By keys to the first difference, from there to what was before it, and into words.
  await page.getByRole('application', { name: 'before: ' }).press('d');
  await page.keyboard.press('Enter');
  const told = page.getByRole('region', { name: 'Event', exact: true });
  await expect(told).toContainText('before');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('application', { name: 'now: ' })).toBeFocused();
  await page.keyboard.press('d');
  await expect(
    page.getByRole('status').filter({ hasText: 'worker1 is killed · 2 100 ms' }),
  ).toBeVisible();

  // The run before comes back, and the other is kept.
  await facts.getByRole('button', { name: 'Swap' }).click();
  await expect(facts).toContainText('taken away: kill worker1 at 2 100 ms');
  await expect(lesson.slider).toHaveValue('2100');
});
