// Faults made by hand on what lies between the nodes: one message, one link.

import type { Page } from '@playwright/test';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

/** The entries of faults.json of the one experiment that this browser keeps. */
async function faultsOf(page: Page): Promise<unknown[]> {
  const text = await page.evaluate(() => {
    const key = Object.keys(localStorage).find((it) => it.startsWith('lightcone:files:'));
    const kept = localStorage.getItem(key ?? '') ?? '{}';
    return (JSON.parse(kept) as Record<string, string>)['faults.json'] ?? '[]';
  });
  return JSON.parse(text) as unknown[];
}

function events(page: Page) {
  return page.getByRole('table', { name: 'Events' });
}

/** Keeps an event of the table, so that the inspector tells of it. */
async function selectEvent(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('tab', { name: 'Events' }).click();
  await events(page).getByRole('row', { name }).first().click();
}

test('one dropped message is lost, sent again, and its fault can be taken back', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  const digest = await lesson.runToEnd();
  await lesson.show(/^Watch$/);
  await selectEvent(page, /worker1 sends ack to broker/);
  await page.getByText('Why did this happen?').click();
  const why = page.getByRole('region', { name: 'Event' }).getByRole('listitem');
  await expect(why.first()).toHaveText(/client starts: client\.ts/);
  await expect(why.filter({ hasText: 'broker sends task to worker1' })).toHaveCount(1);
  await expect(why.last()).toHaveText(/worker1 sends ack to broker/);
  await lesson.button('Drop').click();
  await lesson.state('running');
  await lesson.toEnd();
  expect(await lesson.digest()).not.toBe(digest);
  const ack = /ack from worker1 is lost on its way|worker1 sends ack again, try 2/;
  await expect(events(page).getByRole('row', { name: ack })).toHaveCount(2);
  expect(await faultsOf(page)).toEqual([
    { on: { send: 'ack', from: 'worker1', to: 'broker', nth: 1 }, drop: true },
  ]);
  await page.getByRole('tab', { name: 'Diagram' }).click();
  await expect(page.getByRole('slider', { name: 'drop ack worker1 → broker' })).toBeAttached();

  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Undo' }).click();
  await lesson.toEnd();
  expect(await lesson.digest()).toBe(digest);
  expect(await faultsOf(page)).toEqual([]);
  // What was chosen in the runs before is told of this one.
  await expect(page.getByRole('region', { name: 'Event', exact: true })).toContainText(
    'worker1 sends ack to broker',
  );
});

test(
  'a message is delayed by so much, or comes twice, by the keyboard too',
  LONG,
  async ({ page, isMobile }) => {
    test.skip(isMobile, 'the same on every screen');
    const lesson = new LessonPage(page);
    await page.goto(SLUG);
    const digest = await lesson.runToEnd();
    await selectEvent(page, /broker sends task to worker1/);
    await page.getByRole('spinbutton', { name: 'Delay in milliseconds' }).fill('750');
    await page.getByRole('button', { name: 'Delay', exact: true }).press('Enter');
    await lesson.state('running');
    await lesson.toEnd();
    expect(await lesson.digest()).not.toBe(digest);
    await page.getByRole('tab', { name: 'Diagram' }).click();
    const stage = page.getByRole('application', { name: 'Space-time diagram' });
    await stage.focus();
    // The event that is kept is where F opens the menu.
    await stage.press('f');
    await page.getByRole('menuitem', { name: 'Duplicate' }).press('Enter');
    await lesson.state('running');
    await lesson.toEnd();
    expect(await faultsOf(page)).toEqual([
      { on: { send: 'task', from: 'broker', to: 'worker1', nth: 1 }, delay: 750 },
      { on: { send: 'task', from: 'broker', to: 'worker1', nth: 1 }, duplicate: true },
    ]);
  },
);

test('a link is cut one way, a message is lost at the cut, and it is mended', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  await lesson.runToEnd();
  await lesson.show(/^Watch$/);
  await lesson.slider.fill('2200');
  await page.getByRole('button', { name: 'More for worker1' }).click();
  await page.getByRole('menuitem', { name: 'Links' }).click();
  await page.getByRole('menuitem', { name: 'Cut worker1 → broker' }).click();
  await lesson.state('running');
  await (await lesson.control('Pause')).click();
  await lesson.slider.fill('2200');
  await expect(page.getByRole('slider', { name: 'cut worker1 → broker' })).toBeAttached();
  await lesson.slider.press('ArrowRight');
  await page.getByRole('button', { name: 'More for worker1' }).click();
  await page.getByRole('menuitem', { name: 'Links' }).click();
  await page.getByRole('menuitem', { name: 'Mend' }).click();
  await lesson.state('running');
  const faults = (await faultsOf(page)) as { cut?: string; mend?: string; atMs: number }[];
  expect(faults.map(({ cut, mend }) => cut ?? mend)).toEqual([
    'worker1->broker',
    'worker1<->broker',
  ]);
  await lesson.toEnd();
  await expect(
    events(page).getByRole('row', { name: /^[\d.\s]+ms\s+cut worker1 → broker/ }),
  ).toHaveCount(1);
});

/** The playground with files of the test's own. */
async function openWith(page: Page, files: Record<string, string>): Promise<void> {
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files, seed: 1 })}`);
}

test('where the programs are behind a tab, a mistake in them leads there', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await openWith(page, {
    'cluster.json': '{ "nodes": { "client": { "run": "client.ts" } } }',
    'client.ts': 'const x = ;\n',
  });
  await lesson.button('Run').click();
  const told = page.getByRole('region', { name: 'Code' }).getByRole('alert');
  await expect(told).toContainText('client.ts:1:11');
  await told.getByRole('button', { name: 'Copy a link to this run' }).click();
  await expect(told.getByRole('button', { name: 'Link copied' })).toBeVisible();
});

test('a program that asks for a line gets what is typed', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await openWith(page, {
    'cluster.json': '{ "nodes": { "client": { "run": "client.ts" } } }',
    'client.ts': `import { readLine } from 'node';
const name = await readLine('Who? ');
const city = await readLine('Where? ');
console.log(name + ' from ' + city);
`,
  });
  await lesson.button('Run').click();
  await lesson.state('finished');
  await expect(page.getByText('client waits for you to type a line (client.ts:2).')).toBeVisible();
  const log = await lesson.output();
  const input = page.getByRole('textbox', { name: 'client input' });
  await expect(page.getByText('Who?', { exact: true })).toBeVisible();
  await input.fill('Ada');
  await input.press('Enter');
  await expect(log).toContainText('Who? Ada');
  await expect(page.getByText('Where?', { exact: true })).toBeVisible();
  // Nothing has to be clicked to type on.
  await expect(input).toBeFocused();
  await page.keyboard.type('London');
  await page.keyboard.press('Enter');
  await expect(log).toContainText('Ada from London');
  await lesson.state('finished');
  await expect(page.getByText('Ended at')).toBeVisible();
  expect(await faultsOf(page)).toMatchObject([{ text: 'Ada' }, { text: 'London' }]);
});

test('a clock is set wrong in mid-run, and its program reads the wrong time', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await openWith(page, {
    'cluster.json': '{ "nodes": { "client": { "run": "client.ts" } } }',
    'client.ts': `import { sleep } from 'node';
const before = Date.now();
await sleep(2);
console.log('by my clock', Date.now() - before);
`,
  });
  await lesson.runToEnd();
  await expect(await lesson.output()).toContainText('by my clock 2000');
  await page.keyboard.press('Escape');
  await lesson.slider.fill('1000');
  await page.getByRole('button', { name: 'More for client' }).click();
  await page.getByRole('menuitem', { name: 'Clock and CPU' }).click();
  await page.getByRole('menuitem', { name: 'Clock 1 s ahead' }).click();
  await lesson.toEnd();
  await expect(await lesson.output()).toContainText('by my clock 3000');
  await expect(page.getByRole('slider', { name: 'move the clock of client' })).toBeAttached();
  expect(await faultsOf(page)).toEqual([{ atMs: 1000, skew: 'client', ms: 1000 }]);
});

test('what is still being written in faults.json is not overwritten, and its entry is named', async ({
  page,
  isMobile,
}) => {
  test.skip(isMobile, 'the same on every screen');
  const lesson = new LessonPage(page);
  await openWith(page, {
    'cluster.json': '{ "nodes": { "client": { "run": "client.ts" } } }',
    'client.ts': "console.log('here');\n",
    'faults.json': '[\n  { "atMs": 5, "heal": true },\n  { "atMs": 10, "kill": "worker9" }\n]\n',
  });
  await lesson.button('Run').click();
  await expect(page.getByRole('alert').filter({ hasText: 'worker9' })).toContainText(
    'faults.json:3:25',
  );
});
