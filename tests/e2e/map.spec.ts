// The run as a whole: on the map a link is cut and mended with one press, and a message under way is
// dropped from its list; the search finds exchanges by their shape.

import AxeBuilder from '@axe-core/playwright';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

const FILES = {
  'cluster.json': JSON.stringify({
    network: { latencyMs: 10 },
    nodes: { server: { run: 'server.ts' }, client: { run: 'client.ts' } },
  }),
  'faults.json': '[]',
  'server.ts': `import { listen } from 'node';
const socket = await listen(7).accept();
for (let text = await socket.receiveText(); text !== null; text = await socket.receiveText())
  socket.send(text, 'reply');
`,
  'client.ts': `import { connect, sleep } from 'node';
const socket = await connect('server', 7);
for (let round = 0; round < 3; round++) {
  socket.send('ping', 'ask');
  console.log(await socket.receiveText());
  await sleep(0.1);
}
socket.close();
`,
};

test('a link is cut and mended on the map, and a message under way dropped', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  const link = { v: 1, build: 'elsewhere', files: FILES, seed: 1, cursorUs: 25_000 } as const;
  await page.goto(`play/#${writeLink(link)}`);
  await lesson.button('Run').click();
  await lesson.state('paused');
  await lesson.panel('Map');

  const wire = page.getByRole('switch', { name: 'Link client to server' });
  const underWay = page.getByRole('region', { name: 'Messages under way' });
  await expect(wire).toBeChecked();
  await expect(underWay.getByRole('listitem')).toHaveText(/ask\s*client → server/);
  await expect(page.getByRole('button', { name: 'Node client' })).toHaveAttribute(
    'title',
    'client: waiting: data from server',
  );
  const { violations } = await new AxeBuilder({ page }).include('.map').analyze();
  expect(violations).toEqual([]);

  await page.getByRole('button', { name: 'Drop, delay or duplicate ask' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Drop' }).press('Enter');
  await lesson.state('running');
  await lesson.toEnd();
  await expect(page.getByRole('row', { name: /ask from client is lost/ })).toHaveCount(1);

  await lesson.slider.fill('25');
  await wire.press('Enter');
  await lesson.state('running');
  await (await lesson.control('Pause')).click();
  await expect(wire).not.toBeChecked();
  await wire.click();
  await lesson.state('running');
  await lesson.toEnd();
  await expect(wire).toBeChecked();
  await expect(page.getByRole('row', { name: /mend client ↔ server/ })).toHaveCount(1);
});

test('the search finds requests with their responses, and the table lists only these', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files: FILES, seed: 1 })}`);
  await lesson.runToEnd();
  await page.getByRole('tab', { name: 'Watch' }).click();
  await page.getByRole('application').press('/');
  const find = page.getByRole('search', { name: 'Find' });
  await find.getByRole('combobox', { name: 'Shape' }).selectOption('request and response');
  await expect(find.getByRole('status')).toHaveText('1 of 3');
  // The head, and a sending and an arrival for each of two messages.
  const rows = page.getByRole('table', { name: 'Events' }).getByRole('row');
  await expect(rows).toHaveCount(1 + 3 * 4);
  await find.getByRole('searchbox').fill('ask');
  await find.getByRole('searchbox').press('Shift+Enter');
  await expect(find.getByRole('status')).toHaveText('3 of 3');
  await find.getByRole('searchbox').fill('no such thing');
  await expect(find.getByRole('status')).toHaveText('nothing found');
  await find.getByRole('searchbox').press('Escape');
  await expect(find).toHaveCount(0);
  await expect(rows).not.toHaveCount(1);

  // The number of a line of the program asks for what happened there.
  await page.getByRole('tab', { name: 'Code' }).click();
  await page.getByRole('tab', { name: 'client.ts' }).click();
  await page.getByRole('button', { name: 'Events of line 4' }).click();
  await expect(find.getByRole('searchbox')).toHaveValue('client.ts:4');
  await expect(find.getByRole('status')).toHaveText('1 of 3');
  await expect(rows.nth(1)).toContainText('client sends ask to server: ping');
});
