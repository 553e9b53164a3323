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
  await expect(page.getByRole('img', { name: 'Both diagrams' })).toBeVisible();
  const client = page.getByRole('region', { name: 'client output in both' });
  await expect(client).toContainText(/both: ?[\d\s]+sent/);
  const broker = page.getByRole('region', { name: 'broker output in both' });
  await expect(broker).toContainText(/only now: ?[\d\s]+.*closing AMQP connection from worker1/);

  // The one cursor goes to where they part.
  await facts.getByRole('button', { name: 'Go to 2 100 ms' }).first().click();
  await expect(lesson.slider).toHaveValue('2100');
  await expect(broker).not.toContainText('closing');
});
