// The figures of DESIGN section 9 that need a browser: messages a second with one worker per
// process, as ratios to one-at-a-time round trips between two workers of the same page.

import type { Placement } from '#lib/runtime/control.ts';
import { prepare, type Prepared } from '#lib/runtime/prepare.ts';
import { loadEngine } from '../../bin/experiment.ts';
import { installedBrowsers, labPage, openPage } from '../support/engines.ts';
import type { LabPage } from '../support/lab-page.ts';

const GOSSIP = `
import { args, connect, listen, name, sleep } from 'node';
const server = listen(7);
const index = args.indexOf(name);
const friends = [];
for (const step of [1, 2, 3, 4]) friends.push(await connect(args[(index + step) % args.length], 7));
for (let count = 0; count < 4; count++) {
  const socket = await server.accept();
  void (async () => { while (await socket.receive()); })();
}
for (;;) {
  for (const friend of friends) friend.send('rumour');
  await sleep(0.01);
}`;

const PING = `
import { args, connect, listen } from 'node';
const socket = args[0] === 'server' ? await listen(7).accept() : await connect('server', 7);
if (args[0] !== 'server') socket.send('ping');
while (await socket.receive()) socket.send('pong');`;

const names = Array.from({ length: 16 }, (_, index) => `n${index}`);
const gossip = await prepare({
  'cluster.json': JSON.stringify({
    network: { latencyMs: 10 },
    nodes: Object.fromEntries(names.map((it) => [it, { run: `gossip.ts ${names.join(' ')}` }])),
  }),
  'gossip.ts': GOSSIP,
});
const ping = await prepare({
  'cluster.json': JSON.stringify({
    network: { latencyMs: 10 },
    nodes: { server: { run: 'ping.ts server' }, client: { run: 'ping.ts client' } },
  }),
  'ping.ts': PING,
});
const idle = await prepare({
  'cluster.json': JSON.stringify({
    nodes: Object.fromEntries(names.slice(0, 6).map((it) => [it, { run: 'idle.ts' }])),
  }),
  'idle.ts': 'console.log("up");',
});

const engine = await loadEngine();
const chromium = installedBrowsers().find(({ name }) => name === 'chromium');
if (!chromium) throw new Error('this bench needs Chromium');
const { page, close } = await openPage(chromium, await labPage());

const runOf = (prepared: Prepared, placement: Placement, untilUs: number) =>
  page.evaluate(
    (...given) => (globalThis as unknown as LabPage).measureRun(...given),
    ...([engine, prepared, placement, untilUs] as const),
  );

for (let round = 0; round < 2; round++) {
  const trips = await page.evaluate(() =>
    (globalThis as unknown as LabPage).measureRoundTrips(40_000),
  );
  console.log(`round trips, 2 workers      ${Math.round(trips)} messages/s`);
  for (const [title, prepared, untilUs] of [
    ['gossip, 16 machines', gossip, 5_000_000],
    ['ping-pong, 2 machines', ping, 20_000_000],
  ] as const) {
    for (const placement of ['worker', 'inline'] as const) {
      const { messages, events, seconds } = await runOf(prepared, placement, untilUs);
      const rate = messages / seconds;
      console.log(
        `${title.padEnd(22)} ${placement.padEnd(6)} ${Math.round(rate)} messages/s, ${Math.round(events / seconds)} events/s, ${(rate / trips).toFixed(2)} x round trips`,
      );
    }
  }
  const { seconds } = await runOf(idle, 'worker', 1_000_000);
  console.log(`six processes started and ended in ${Math.round(seconds * 1000)} ms`);
}
await close();
