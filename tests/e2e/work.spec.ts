// The tables of tasks, workers and queues: who has what at the cursor, and how often it was done. How the
// nodes stand, and the charts, of the same run.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

const worker = 'celery -A tasks worker -c 1';
const FILES = {
  'cluster.json': JSON.stringify({
    nodes: {
      broker: { run: 'rabbitmq-server' },
      worker1: { run: worker },
      worker2: { run: worker },
      client: { run: 'client.ts', startMs: 1500 },
    },
  }),
  'faults.json': JSON.stringify([{ atMs: 2000, kill: 'worker1' }]),
  'tasks.ts': `import { Celery } from 'celery';
import { sleep } from 'node';
export const app = new Celery('tasks', { broker: 'amqp://guest@broker//', taskAcksLate: true });
export const pay = app.task(async function pay(order: number) { await sleep(1); });
`,
  'client.ts': `import { pay } from './tasks.ts';
await pay.delay(1);
await pay.delay(2);
`,
};

async function expectAccessible(page: Page, part: string): Promise<void> {
  const found = await new AxeBuilder({ page }).include(part).analyze();
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('who has which task is seen at the cursor, and how often it was done', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  const link = { v: 1, build: 'elsewhere', files: FILES, seed: 1, cursorUs: 2_005_000 } as const;
  await page.goto(`play/#${writeLink(link)}`);
  await lesson.button('Run').click();
  await lesson.state('paused');
  await lesson.panel('Ledger');

  const row = (table: string, name: string) =>
    page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: name });
  await expect(row('Tasks', 'tasks.pay(1)')).toContainText('worker1 is gone');
  await expect(row('Tasks', 'tasks.pay(2)')).toContainText('worker2');
  await expect(row('Workers', 'celery@worker1')).toContainText('killed');
  await expect(row('Workers', 'celery@worker2')).toContainText('1 of 1');
  await expect(page.getByText('2 not done')).toBeVisible();

  await lesson.panel('Nodes');
  await expect(page.getByRole('row', { name: /^worker1 killed/ })).toBeVisible();
  await expect(
    page.getByRole('row', { name: /^worker2 busy .* does tasks.pay\(2\)/ }),
  ).toBeVisible();

  await lesson.toEnd();
  await lesson.panel('Charts');
  const moment = page.getByRole('slider', { name: 'Moment in the charts' });
  await expect(moment).toHaveAttribute('aria-valuetext', /Queue celery on broker: Ready 0/);
  await lesson.panel('Ledger');
  await expect(row('Tasks', 'tasks.pay(1)')).toContainText('SUCCESS');
  // Sent, got, begun, done, acked, kept.
  await expect(row('Tasks', 'tasks.pay(1)').getByRole('cell')).toHaveText([
    /SUCCESS/,
    '1',
    '2',
    '2',
    '1',
    '1',
    '1',
  ]);
  await expect(row('Queues', 'celery').getByRole('cell').first()).toHaveText('0');
  await expect(page.getByText('2 done once')).toBeVisible();
  await expect(row('Messages by kind', 'task')).toBeVisible();
  await expectAccessible(page, '#stage-ledger');

  // What the client cannot know is not there, a death above all.
  await page.getByRole('combobox', { name: 'Seen from' }).selectOption('client');
  await expect(row('Tasks', 'tasks.pay(1)').getByRole('cell')).toHaveText([
    /SENT/,
    '1',
    '0',
    '0',
    '0',
    '0',
    '0',
  ]);
  await expect(row('Workers', 'celery@worker1')).toContainText('online');
});

test('charts are read and moved along by keyboard', LONG, async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same on every screen');
  const lesson = new LessonPage(page);
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files: FILES, seed: 1 })}`);
  await lesson.runToEnd();
  await lesson.panel('Charts');
  const moment = page.getByRole('slider', { name: 'Moment in the charts' });
  const end = await lesson.slider.inputValue();
  await moment.press('ArrowLeft');
  await expect(lesson.slider).not.toHaveValue(end);
  await moment.press('End');
  await expect(lesson.slider).toHaveValue(end);
  await page.getByText('Values as a table').click();
  await expect(page.getByRole('table', { name: 'Values as a table' })).toContainText('worker2');
  await expectAccessible(page, '#stage-charts');
  await lesson.panel('Nodes');
  await expectAccessible(page, '#stage-nodes');
});
