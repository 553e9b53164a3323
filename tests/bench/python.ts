// The figures of Python nodes (DESIGN section 9), in real Chromium.

import { setTimeout as delay } from 'node:timers/promises';
import { prepare, type Prepared } from '#lib/runtime/prepare.ts';
import { loadEngine, runInSandbox } from '../../bin/experiment.ts';
import { buildWorkerScript } from '../../scripts/worker-script.ts';
import { openPage, type installedBrowsers } from '../support/engines.ts';
import { median, type Figures } from './figures.ts';
import { children, cpuSeconds, memoryMB, threadCount } from './processes.ts';
import type { PythonPage } from './python-page.ts';
import type { PythonMode } from './python.thread.ts';

const NODES = 6;
const SLEEPS = 20_000;
const RUNS = 100;
/** After which memory is looked at: what was let go of is collected some time later. */
const SETTLE_MS = 3_000;

/** Goes on for as long as it is looked at. */
const IDLER = `import time
print("up", flush=True)
while True:
    time.sleep(1)
`;

const sleeper = (count: number): string => `import time
for _ in range(${count}):
    time.sleep(0.001)
`;

/** Both compute for some 0.3 s on a quiet machine. */
const COMPUTERS = {
  pi: `import random
def pi(count):
    inside = 0
    for _ in range(count):
        x, y = random.random(), random.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return 4 * inside / count
pi(1_000_000)
`,
  fib: `def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
for _ in range(80):
    fib(22)
`,
};

/** Asks again and again; its server is killed, paused, restarted and loses its power. */
const LIFE = {
  'server.py': `import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
Server(("", 7000), Echo).serve_forever()
`,
  'client.py': `import socket, time
for number in range(40):
    try:
        with socket.create_connection(("server", 7000), timeout=0.1) as connection:
            connection.sendall(b"%d\\n" % number)
            print(connection.recv(100))
    except OSError as error:
        print(type(error).__name__)
    time.sleep(0.05)
`,
  'faults.json': JSON.stringify([
    { atMs: 300, kill: 'server' },
    { atMs: 400, restart: 'server' },
    { atMs: 700, pause: 'server' },
    { atMs: 900, resume: 'server' },
    { atMs: 1100, powerOff: 'server' },
    { atMs: 1300, restart: 'server' },
    { atMs: 1500, kill: 'other' },
  ]),
};

const experiment = (count: number, source: string): Promise<Prepared> => {
  const nodes = Array.from({ length: count }, (_, index) => [`n${index}`, { run: 'python a.py' }]);
  return prepare({
    'cluster.json': JSON.stringify({ nodes: Object.fromEntries(nodes) }),
    'a.py': source,
  });
};

const lives = (): Promise<Prepared> =>
  prepare({
    'cluster.json': JSON.stringify({
      untilMs: 5_000,
      nodes: {
        server: { run: 'python server.py' },
        client: { run: 'python client.py' },
        other: { run: 'python client.py' },
      },
    }),
    ...LIFE,
  });

interface Bench {
  figures: Figures;
  rounds: number;
  isWanted: (...keys: string[]) => boolean;
  /** What takes a quarter of an hour is asked for. */
  isLong: boolean;
  chromium: ReturnType<typeof installedBrowsers>[number];
}

type Opened = Awaited<ReturnType<typeof openPythonPage>>;

/** Measures what is asked for. */
export async function measurePython(bench: Bench): Promise<void> {
  const { isWanted, chromium } = bench;
  const keys = ['python6.startMs', 'python6.readyMs', 'python.memoryMB', 'python.blocking'];
  if (isWanted(...keys)) {
    const opened = await openPythonPage(chromium);
    await starts(bench, opened);
    await blocking(bench, opened);
    await opened.close();
  }
  if (isWanted('python.meter.pi', 'python.meter.fib')) await meter(bench);
  if (bench.isLong) await runs(bench);
}

async function openPythonPage(chromium: Bench['chromium']) {
  const script = await buildWorkerScript('tests/bench/python-page.ts');
  const html = `<!doctype html><title>bench</title><body><script>${script.replaceAll('</script', '<\\/script')}</script>`;
  const { page, close } = await openPage(chromium, html);
  page.setDefaultTimeout(0);
  /** Calls a function of the page's. */
  const call = <K extends keyof PythonPage>(
    name: K,
    ...given: Parameters<PythonPage[K]>
  ): Promise<Awaited<ReturnType<PythonPage[K]>>> =>
    page.evaluate(
      (key, list) =>
        (globalThis as unknown as { pythonPage: Record<string, (...them: unknown[]) => never> })
          .pythonPage[key]!(...list),
      name,
      given as unknown[],
    );
  await call('open', await loadEngine(), await experiment(1, ''));
  return { call, close, pid: page.browser().process()!.pid! };
}

async function starts({ figures, rounds, isWanted }: Bench, { call, pid }: Opened): Promise<void> {
  const six = await experiment(NODES, IDLER);
  for (const [key, title, goal, isReady] of [
    ['python6.startMs', 'six Python nodes up, files at hand', '<= 2 500', false],
    ['python6.readyMs', 'the same, interpreters waiting', '', true],
  ] as const) {
    if (!isWanted(key)) continue;
    const times: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round < rounds; round++) {
      if (isReady) await call('warm', NODES);
      await delay(SETTLE_MS);
      const before = cpuSeconds(pid);
      times.push(await call('measureStart', six));
      cpu.push(cpuSeconds(pid) - before);
      await call('end');
    }
    const detail = `best ${Math.min(...times).toFixed(0)} ms, ${median(cpu).toFixed(1)} s of CPU`;
    figures.add({ key, title, value: median(times), unit: 'ms', goal, detail });
  }
  if (!isWanted('python.memoryMB')) return;
  const sizes: number[] = [];
  for (const count of [1, NODES]) {
    await call('measureStart', await experiment(count, IDLER));
    await delay(SETTLE_MS);
    sizes.push(memoryMB(pid));
    await call('end');
    await delay(SETTLE_MS);
  }
  figures.add({
    key: 'python.memoryMB',
    title: 'memory of a Python node, Chromium',
    value: (sizes[1]! - sizes[0]!) / (NODES - 1),
    unit: 'MB',
    goal: '<= 110',
    detail: `all of Chromium with one ${sizes[0]!.toFixed(0)}, with six ${sizes[1]!.toFixed(0)} MB`,
  });
}

/** Its best run to the best of one without any, because starting takes as long and varies. */
async function blocking({ figures, rounds, isWanted }: Bench, { call }: Opened): Promise<void> {
  const key = 'python.blocking';
  if (!isWanted(key)) return;
  const bestMs = { some: Infinity, none: Infinity };
  const programs = {
    none: await experiment(1, sleeper(0)),
    some: await experiment(1, sleeper(SLEEPS)),
  };
  for (let round = 0; round < Math.max(rounds, 5); round++) {
    for (const which of ['none', 'some'] as const) {
      bestMs[which] = Math.min(bestMs[which], await call('measureRun', programs[which]));
    }
  }
  figures.add({
    key,
    title: 'sleeps of a Python node',
    value: (SLEEPS / (bestMs.some - bestMs.none)) * 1000,
    unit: 'calls/s',
    detail: `${SLEEPS.toLocaleString('en')} in ${bestMs.some.toFixed(0)} ms, none in ${bestMs.none.toFixed(0)} ms`,
  });
}

/** The best of some rounds each, in turn: what disturbs one disturbs the other. */
async function meter({ figures, rounds, isWanted, chromium }: Bench): Promise<void> {
  const script = await buildWorkerScript('tests/bench/python.thread.ts');
  const { call, close } = await openPythonPage(chromium);
  for (const [name, source] of Object.entries(COMPUTERS)) {
    const key = `python.meter.${name}`;
    if (!isWanted(key)) continue;
    const bestMs: Record<PythonMode, number> = { bare: Infinity, process: Infinity };
    for (let round = 0; round < Math.max(rounds, 5); round++) {
      for (const mode of ['bare', 'process'] as const) {
        const ms = await call('measureThread', script, { mode, source });
        bestMs[mode] = Math.min(bestMs[mode], ms);
      }
    }
    figures.add({
      key,
      title: `${name} as a process, to ${name} bare`,
      value: bestMs.process / bestMs.bare,
      unit: 'x',
      goal: '<= 1.3',
      detail: `${bestMs.process.toFixed(0)} ms, ${bestMs.bare.toFixed(0)} ms`,
    });
  }
  await close();
}

/** Many runs in a row, with every fault a node can have: whether anything stays or grows. */
async function runs({ figures, chromium }: Bench): Promise<void> {
  const prepared = await lives();
  const start = { threads: 0, memory: 0 };
  const note = (engine: string, count: number, threads: number, memory: number): void => {
    console.log(`  ${engine}, ${count} runs: ${threads} workers, ${memory.toFixed(0)} MB`);
    if (count === 10) Object.assign(start, { threads, memory });
    if (count < RUNS) return;
    figures.add({
      key: `python.runs.${engine}.grownMB`,
      title: `memory grown from run 10 to ${RUNS}, ${engine}`,
      value: memory - start.memory,
      unit: 'MB',
      detail: `workers ${start.threads}, then ${threads}`,
    });
  };
  const requests = Array.from({ length: RUNS + 1 }, (_, index) => ({
    seed: index,
    placement: 'shared' as const,
  }));
  let seen = 0;
  await runInSandbox(prepared, requests, (_line, runIndex) => {
    if (runIndex === seen) return;
    seen = runIndex;
    const [child] = children();
    if (seen % 10 === 0) note('node', seen, threadCount(child!, WORKER.node), memoryMB(child!));
  });
  const { call, close, pid } = await openPythonPage(chromium);
  for (let run = 1; run <= RUNS; run++) {
    await call('runOnce', prepared, run, run % 3 === 0);
    if (run % 10 > 0) continue;
    await delay(SETTLE_MS);
    note('chromium', run, threadCount(pid, WORKER.chromium), memoryMB(pid));
  }
  await close();
}

/** How engines name the threads of workers. */
const WORKER = { node: 'WorkerThread', chromium: 'DedicatedWorker' } as const;
