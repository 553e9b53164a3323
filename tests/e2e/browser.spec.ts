// A browser at somebody's desk: a page of the cluster is read and used, and nothing of it can do harm.

import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

const CLUSTER = {
  network: { latencyMs: 20 },
  nodes: {
    ada: { run: 'open http://web:8000/', startMs: 50 },
    web: { run: 'web.ts' },
  },
  untilMs: 60_000,
};

const PROGRAM = `import { sleep } from 'node';
import { serve } from 'web';

const reports = new Map<string, string>();
async function write(name: string) {
  await sleep(3);
  reports.set(name, \`<h1>\${name} is ready</h1><a href="/">Back</a>\`);
}
const HARM = '<script>top.document.title = "taken"</script><img src="http://evil.test/x.png">';

await serve(8000, ({ method, path, form }) => {
  if (path === '/') {
    return HARM + '<form method="post" action="/reports">' +
      '<label>Name <input name="name"></label><button>Write</button></form>';
  }
  if (method === 'POST') {
    write(form.name);
    return { status: 303, headers: { Location: '/reports/' + form.name } };
  }
  return reports.get(path.slice('/reports/'.length)) ??
    { headers: { Refresh: '1' }, body: '<p>It is being written.</p>' };
});
`;

test('a page of the cluster is read and used at the cursor', async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same on every screen');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const lesson = new LessonPage(page);
  const files = { 'cluster.json': JSON.stringify(CLUSTER), 'web.ts': PROGRAM };
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files, seed: 1 })}`);
  await lesson.button('Run').click();
  await lesson.toEnd();
  await lesson.panel('Browser');
  const panel = page.getByRole('tabpanel', { name: 'Browser' });
  await expect(panel.getByRole('textbox', { name: 'Address' })).toHaveValue('http://web:8000/');

  // The form is sent with the keyboard; the page that answers at once loads itself until it is done.
  await panel.getByRole('textbox', { name: 'Name' }).fill('sales 2026');
  await panel.getByRole('textbox', { name: 'Name' }).press('Enter');
  await expect(panel.getByText('It is being written.')).toBeVisible();
  await lesson.toEnd();
  await expect(panel.getByRole('heading', { name: 'sales 2026 is ready' })).toBeVisible();
  const visits = panel.getByRole('table', { name: 'Visits' }).getByRole('row');
  await expect(visits.first()).toContainText('GET web:8000/reports/sales%202026');
  await expect(visits.first()).toContainText('200 OK');
  await expect(visits.last()).toContainText('GET web:8000/');
  await expect(visits.nth(-2)).toContainText('POST web:8000/reports');

  // What was shown before is seen by scrubbing back.
  await page.getByRole('slider', { name: 'Virtual time' }).press('Home');
  await expect(panel.getByRole('heading', { name: 'sales 2026 is ready' })).toBeHidden();
  await lesson.toEnd();
  await panel.getByRole('link', { name: 'Back' }).click();
  await expect(panel.getByRole('button', { name: 'Write' })).toBeVisible();

  await expect(page).not.toHaveTitle('taken');
  expect(asked.filter((url) => /evil\.test|web:8000/.test(url))).toEqual([]);
});
