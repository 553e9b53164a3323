// What the bench runs: experiments as learners write them.

import { prepare, type Prepared } from '#lib/runtime/prepare.ts';

/** Each machine sends 4 messages per 10 virtual ms to its neighbours, over 10 ms links. */
const GOSSIP = `
import { args, datagram, name, sleep } from 'node';
const count = Number(args[0]);
const index = Number(name.slice(1));
const friends = [1, 2, 3, 4].map((step) => 'n' + (index + step) % count);
const socket = datagram(7);
let heard = 0;
socket.onMessage(() => { heard++; });
for (;;) {
  for (const friend of friends) socket.send(friend, 7, 'rumour');
  await sleep(0.01);
}`;

/** The same over connections, read by loops that wait. */
const GOSSIP_TCP = `
import { args, connect, listen, name, sleep } from 'node';
const count = Number(args[0]);
const index = Number(name.slice(1));
const server = listen(7);
const friends = [];
for (const step of [1, 2, 3, 4]) friends.push(await connect('n' + (index + step) % count, 7));
for (let accepted = 0; accepted < 4; accepted++) {
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

const RENDEZVOUS = `
import { args } from 'node';
import { Channel, Parallel, process, retire, shutdown } from 'pycsp';
const writer = process(async function writer(out) {
  for (let count = 0; count < Number(args[0]); count++) await out(count);
  await retire(out);
});
const reader = process(async function reader(inn) { for (;;) await inn(); });
const channel = new Channel('numbers');
await Parallel(writer(channel.writer()), reader(channel.reader()));
await shutdown();`;

const FUTURES = `
import { args } from 'node';
import { futures, IS_ORIGIN } from 'scoop';
export const double = (item) => 2 * item;
if (IS_ORIGIN) {
  const items = Array.from({ length: Number(args[0]) }, (_, index) => index);
  let sum = 0;
  for await (const value of futures.mapAsCompleted(double, items)) sum += value;
  console.log(sum);
}`;

const WORD_COUNT = `
import { args } from 'node';
import { DDFS, Job, resultIterator, sumCombiner, sumReduce } from 'disco';
const size = Number(args[0]);
export function* map(line) { for (const word of line.split(' ')) yield [word, 1]; }
let [text, seed] = ['', 1];
while (text.length < size) {
  for (let word = 0; word < 12; word++) {
    seed = (seed * 48271) % 2147483647;
    text += 'w' + (seed % 2000) + (word < 11 ? ' ' : '\\n');
  }
}
await new DDFS().chunk('text', [[text, 'text']], { chunkSize: size / 16 });
const job = await new Job().run({
  input: ['tag://text'], map, combiner: sumCombiner, reduce: sumReduce, partitions: 8 });
let words = 0;
for await (const [, count] of resultIterator(await job.wait())) words += count;
console.log(words);`;

const LESSON_TASKS = `
import { Celery } from 'celery';
export const app = new Celery('demo', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
export const add = app.task(function add(a: number, b: number) { return a + b; });`;

const LESSON_CLIENT = `
import { add } from './tasks.ts';
const results = [];
for (let count = 0; count < 16; count++) results.push(await add.delay(count, count));
for (const result of results) console.log(await result.get({ timeout: 60 }));`;

const celeryTasks = (broker: string): string => `
import { Celery } from 'celery';
export const app = new Celery('demo', { broker: '${broker}' });
export const add = app.task(function add(a: number, b: number) { return a + b; });`;

const CELERY_CLIENT = `
import { args } from 'node';
import { add } from './tasks.ts';
for (let count = 0; count < Number(args[0]); count++) await add.delay(count, count);`;

type Nodes = Record<string, { run: string }>;

function experiment(nodes: Nodes, programs: Record<string, string>): Promise<Prepared> {
  const cluster = { network: { latencyMs: 10 }, nodes };
  return prepare({ 'cluster.json': JSON.stringify(cluster), ...programs });
}

/** So many nodes, all running one command. */
function alike(count: number, run: string): Nodes {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, { run }]));
}

export const gossip = (count: number): Promise<Prepared> =>
  experiment(alike(count, `gossip.ts ${count}`), { 'gossip.ts': GOSSIP });

export const gossipTcp = (count: number): Promise<Prepared> =>
  experiment(alike(count, `gossip.ts ${count}`), { 'gossip.ts': GOSSIP_TCP });

export const pingPong = (): Promise<Prepared> =>
  experiment(
    { server: { run: 'ping.ts server' }, client: { run: 'ping.ts client' } },
    { 'ping.ts': PING },
  );

export const idle = (count: number): Promise<Prepared> =>
  experiment(alike(count, 'idle.ts'), { 'idle.ts': 'console.log("up");' });

/** A first lesson: broker, two workers, a client with 16 tasks. */
export const lesson = (): Promise<Prepared> =>
  experiment(
    {
      redis: { run: 'redis-server' },
      worker1: { run: 'celery -A tasks worker -c 1' },
      worker2: { run: 'celery -A tasks worker -c 1' },
      client: { run: 'client.ts' },
    },
    { 'tasks.ts': LESSON_TASKS, 'client.ts': LESSON_CLIENT },
  );

const BROKERS = {
  redis: { run: 'redis-server', url: 'redis://broker/1' },
  rabbitmq: { run: 'rabbitmq-server', url: 'amqp://guest@broker//' },
} as const;

/** So many tasks of one client, over eight workers of one pool process each. */
export const celery = (broker: keyof typeof BROKERS, tasks: number): Promise<Prepared> =>
  experiment(
    {
      broker: { run: BROKERS[broker].run },
      ...Object.fromEntries(
        Array.from({ length: 8 }, (_, index) => [
          `w${index}`,
          { run: 'celery -A tasks worker -c 1 -l warning' },
        ]),
      ),
      client: { run: `client.ts ${tasks}` },
    },
    { 'tasks.ts': celeryTasks(BROKERS[broker].url), 'client.ts': CELERY_CLIENT },
  );

/** Disco counts the words of a text of so many bytes, in 16 blobs on 8 nodes with 2 slots each. */
export const wordCount = (size: number): Promise<Prepared> => {
  const nodes: Record<string, object> = { master: { run: 'disco-master' } };
  for (let index = 1; index <= 8; index++) nodes[`n${index}`] = { run: 'disco-node --slots 2' };
  nodes['client'] = { run: `client.ts ${size}`, startMs: 100 };
  return prepare({
    'client.ts': WORD_COUNT,
    'cluster.json': JSON.stringify({ network: { latencyMs: 1 }, nodes }),
  });
};

/** SCOOP runs so many small futures on eight workers of one machine. */
export const futures = (count: number): Promise<Prepared> =>
  prepare({
    'main.ts': FUTURES,
    'cluster.json': JSON.stringify({ nodes: { main: { run: `scoop -q -n 8 main.ts ${count}` } } }),
  });

/** Two processes of PyCSP on one node hand over so many values. */
export const rendezvous = (count: number): Promise<Prepared> =>
  prepare({
    'main.ts': RENDEZVOUS,
    'cluster.json': JSON.stringify({ nodes: { main: { run: `main.ts ${count}` } } }),
  });
