// Remote objects at the cursor, what each line cost, and who waits for whom when nobody can go on.

import AxeBuilder from '@axe-core/playwright';
import { readdirSync, readFileSync } from 'node:fs';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

const FOLDER = 'tests/fixtures/experiments/pyro4-callback-deadlock';

test('what objects there are, what a line cost, and why nobody goes on', async ({
  page,
  isMobile,
}) => {
  test.skip(isMobile, 'costs stand in the editor');
  const names = readdirSync(FOLDER);
  const texts = names.map((name) => [name, readFileSync(`${FOLDER}/${name}`, 'utf8')] as const);
  const files = Object.fromEntries(texts);
  const lesson = new LessonPage(page);
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files, seed: 1 })}`);
  await lesson.runToEnd();

  // What the end says leads to who waits; the circle is told and drawn.
  await page.getByRole('button', { name: 'Show who waits' }).click();
  const waits = page.getByRole('region', { name: 'Waits' });
  await expect(waits.getByText(/^Deadlock since 220\.085 ms/)).toBeVisible();
  await expect(waits.getByRole('img')).toHaveAccessibleName(
    '3 waits: client for server; server for client; client for server',
  );
  await expect(waits.getByRole('listitem')).toHaveText([
    /client waits for server .*invoke work\.work\(.*client\.ts:17/,
    /server waits for client .*invoke .*progress\(1\).*server\.ts:13/,
    /client waits for server .*connect to work.*client\.ts:8/,
  ]);
  const found = await new AxeBuilder({ page }).include('#stage-waits').analyze();
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

  // The same run by its objects, with the tab's own key.
  await waits.press('o');
  const row = (table: string, name: string) =>
    page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: name });
  await expect(row('Daemons', 'server:5000')).toContainText('multiplex');
  await expect(row('Daemons', 'server:5000').getByRole('cell')).toHaveText([
    /work.*Work/,
    '1 of 1',
    '1',
  ]);

  // A line leads to its place and to its first message; there its cost stands, too.
  await row('Cost by line', 'server.ts:13').getByRole('button').click();
  const told = page.getByRole('paragraph').filter({ hasText: 'server sends connect to client' });
  await expect(told).toBeVisible();
  await expect(page.getByRole('tab', { name: 'server.ts' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(page.locator('.line-note')).toHaveText('2 round trips · 80 ms');
});
