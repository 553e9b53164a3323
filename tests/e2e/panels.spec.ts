// Every panel of the stage, in light and in dark, is readable for whoever cannot see it or sees little.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

const WEB = `import { serve } from 'web';
await serve(8000, ({ path }) => '<h1>Shop</h1><p>You asked for ' + path +
  '</p><form action="/buy"><label>Name <input name="name"></label><button>Buy</button></form>');
`;
const DEAD = JSON.stringify([{ atMs: 3000, kill: 'worker1' }]);

/** Runs that have something for each panel between them. */
const RUNS: [name: string, files: Record<string, string>, panels: string[]][] = [
  [
    'celery',
    { ...filesOf('static/lessons/celery-worker-dies/ts'), 'faults.json': DEAD },
    ['Map', 'Ledger', 'Nodes', 'Charts'],
  ],
  ['scoop', filesOf('static/examples/scoop/ts'), ['Workers']],
  ['disco', filesOf('static/examples/disco/ts'), ['Jobs']],
  ['pycsp', filesOf('static/lessons/csp-deadlock/ts'), ['Channels', 'Waits']],
  ['pyro4', filesOf('static/lessons/pyro4-chain/ts'), ['Objects']],
  [
    'web',
    {
      'cluster.json': JSON.stringify({
        nodes: { ada: { run: 'open http://web:8000/', startMs: 50 }, web: { run: 'web.ts' } },
      }),
      'web.ts': WEB,
    },
    ['Browser'],
  ],
];

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  return Object.fromEntries(
    names.map((name) => [name.slice(folder.length + 1), readFileSync(name, 'utf8')]),
  );
}

/** @param part of the page: the table of events, which is always there, is long */
async function faultsIn(page: Page, what: string, part: string): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).include(part).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    faults.push(...found.map((fault) => `${what}, ${colorScheme}: ${fault}`));
  }
  return faults;
}

for (const [name, files, panels] of RUNS) {
  test(`the panels of a run of ${name} have no fault that axe finds`, LONG, async ({ page }) => {
    test.setTimeout(300_000);
    const lesson = new LessonPage(page);
    await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files, seed: 1 })}`);
    await lesson.show(/^Watch$/);
    const faults = await faultsIn(page, 'Empty stage', '.watch');
    await lesson.runToEnd();
    for (const panel of ['Diagram', ...panels]) {
      await lesson.panel(panel);
      const part = `#stage-${panel.toLowerCase()}`;
      await expect(page.locator(`${part} *`).first()).toBeAttached();
      faults.push(...(await faultsIn(page, panel, part)));
    }
    if (name === 'celery') faults.push(...(await moreFaults(page, lesson)));
    expect(faults).toEqual([]);
  });
}

/** An event that is kept, the search, the lens, and the run beside the one before. */
async function moreFaults(page: Page, lesson: LessonPage): Promise<string[]> {
  await lesson.panel('Diagram');
  const lens = page.getByRole('combobox', { name: 'Seen from' });
  await page.getByRole('application').press('ArrowUp');
  await page.keyboard.press('Enter');
  const faults = await faultsIn(page, 'Inspector', '.inspector');
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('result');
  faults.push(...(await faultsIn(page, 'Find', '[role="search"]')));
  await page.getByRole('searchbox').press('Escape');
  await lens.selectOption('client');
  faults.push(...(await faultsIn(page, 'Lens', '#stage-diagram')));
  faults.push(...(await faultsIn(page, 'Events', '#stage-events')));
  await lens.selectOption('');
  await lesson.nodeButton('worker2', 'Kill').click();
  await lesson.state('running');
  await lesson.toEnd();
  await lesson.panel('Compare');
  await expect(page.getByRole('group', { name: 'Both diagrams' })).toBeVisible();
  return [...faults, ...(await faultsIn(page, 'Compare', '#stage-compare'))];
}
