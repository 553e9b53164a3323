// Our RPyC in Python: what a program sees of it, and whether it and the real one (where the machine has
// it: docs/conformance.md) understand each other and send the same messages.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  type Brine,
  Complex,
  dump,
  ELLIPSIS,
  FrozenSet,
  PyFloat,
  Slice,
} from '#lib/models/rpyc/brine.ts';
import { show } from '#lib/models/rpyc/show.ts';
import type { Files } from '#lib/experiment/experiment.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../../bin/experiment.ts';
import { findLibrary } from '../real-packages/packages.ts';

const real = await findLibrary('rpyc');
/** Beside the programs, so that a node takes it by PYTHONPATH and another takes ours. */
const REAL_FOLDER = 'real';

const NAMES = ['program.py', 'program.ts', 'service.py', 'service.ts', 'shopper.py'];
const programs = Object.fromEntries(
  await Promise.all(
    NAMES.map(async (name) => [
      name,
      await readFile(new URL(`../../fixtures/rpyc/${name}`, import.meta.url), 'utf8'),
    ]),
  ),
) as Files;

interface Run {
  /** Lines by node. */
  printed: Map<string, string[]>;
  /** Messages of RPyC by node. */
  sent: Map<string, string[]>;
}

async function run(nodes: Record<string, object>, files: Files): Promise<Run> {
  const cluster = { network: { latencyMs: 1 }, nodes };
  const prepared = await prepare({
    ...programs,
    ...files,
    'cluster.json': JSON.stringify(cluster),
  });
  const found: Run = { printed: new Map(), sent: new Map() };
  const add = (to: Map<string, string[]>, node: string, line: string): void =>
    void to.set(node, [...(to.get(node) ?? []), line]);
  await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    if (event.kind === 'log') add(found.printed, event.node, event.text);
    if (event.kind === 'send' && event.proto === 'rpyc')
      add(found.sent, event.node, `${event.msg} ${event.preview}`);
  });
  return found;
}

const CLASSIC = [
  'server 42 True',
  "[3, 1, 2, 4] 4 True <netref class 'rpyc.core.netref.type'> [1, 2, 3, 4]",
  'False 4 True [3, 1, 2, 4]',
  "(1, 'a', None, frozenset({2})) <netref class 'rpyc.core.netref.type'>",
  '[1, 9] [2, 4]',
  'a box True True True',
  "'lost'",
  'TypeError red False',
  "'Box' object has no attribute 'weight' True",
  "KeyError ('soup',)",
  "[3, 1, 2, 4] {'a': [1]}",
  "42 ['a', 'b', 'c']",
  'False None True',
  'result expired',
  'printed there',
  '100000 None False',
  'EOFError stream has been closed True',
];

const SHOP = [
  "('tea', 1) ('tea', 3) ('tea', 1)",
  "True SHOP ('SHOP', 'KIOSK') ADA",
  '2',
  "AttributeError cannot access 'public'",
  "AttributeError cannot access 'secret'",
  "TypeError ShopService.exposed_buy() missing 1 required positional argument: 'name'",
  'AttributeError access denied',
  "AttributeError cannot access 'price'",
  "AttributeError cannot access '__dict__'",
  'ValueError pickling is disabled',
];

const FROM_TYPESCRIPT = [
  'true 42',
  '[3, 1, 2, 4] 4 <netref builtins.list>',
  '4 true',
  ...['3', '1', '2', '4'],
  "(1, 2.5, 'a', null, <netref builtins.list>)",
  '[1, 9] [2, 18]',
  '4 tea',
  "KeyError 'soup' true",
  "AttributeError 'list' object has no attribute 'weight' true",
  'AttributeError nowhere false',
  'a/b [4, 3, 2, 1]',
  'false null true',
  'TimeoutError result expired false',
  'printed there',
  '100000 false',
  'EOFError stream has been closed false',
];

const VALUES: Brine[] = [
  [null, true, 0, -49, 160, 2n ** 70n, new PyFloat(4), 'é', Uint8Array.of(0, 97), ELLIPSIS],
  [[], [1], new FrozenSet([1]), new Slice([1, null, null]), new Complex(1, 2), 'x'.repeat(300)],
];

describe('NET5 our RPyC', { timeout: 120_000 }, () => {
  /** Classic mode and services, with a program and a service in TypeScript. */
  async function speakBoth(packages: Files): Promise<void> {
    const hex = VALUES.map((value) => Buffer.from(dump(value)).toString('hex'));
    const { printed } = await run(
      {
        server: { run: 'rpyc_classic --host server' },
        client: { run: 'python client.py server', startMs: 20 },
        typescript: { run: 'program.ts', startMs: 1_500 },
        shop: { run: 'service.ts' },
        buyer: { run: 'python shopper.py shop', startMs: 20 },
      },
      {
        ...packages,
        'client.py':
          `from rpyc.core import brine\nfor text in ${JSON.stringify(hex)}:\n` +
          '  value = brine.load(bytes.fromhex(text))\n' +
          '  print(f"{brine.dump(value).hex() == text} {value}"[:70])\n' +
          programs['program.py'],
      },
    );
    expect(printed.get('client')).toEqual([
      ...VALUES.map((value) => `True ${show(value)}`.slice(0, 70)),
      ...CLASSIC,
    ]);
    expect(printed.get('typescript')).toEqual(FROM_TYPESCRIPT);
    const isRefused = (line: string): boolean => line.startsWith('TypeError');
    expect(printed.get('buyer')).toEqual(
      SHOP.map((line) => (isRefused(line) ? 'TypeError buy what?' : line)),
    );
    expect(
      printed.get('server')!.map((line) => line.slice(16).replace(/\[Rpyc[^\]]*/, '[…')),
    ).toEqual(
      expect.arrayContaining([
        "INFO SLAVE/18812[…]: welcome ('10.0.0.2', 32768)",
        "INFO SLAVE/18812[…]: goodbye ('10.0.0.2', 32768)",
      ]),
    );
  }

  test('in Python and TypeScript, in classic mode and with services', async () => {
    await speakBoth({});
  });

  test.skipIf(!real)(
    `in TypeScript and the real one${real ? '' : ' (this machine has no rpyc)'}`,
    async () => {
      await speakBoth(real!);
    },
  );

  test.skipIf(!real)(
    real
      ? 'and the real one understand each other, with the same messages'
      : 'and the real one understand each other (this machine has no rpyc)',
    async () => {
      const theirs = Object.fromEntries(
        Object.entries(real!).map(([path, text]) => [
          path.replace('site-packages', REAL_FOLDER),
          text,
        ]),
      );
      const env = { PYTHONPATH: REAL_FOLDER };
      const all = await run(
        {
          server: { run: 'python classic.py server 18812', env },
          server2: { run: 'rpyc_classic --host server2' },
          shop: { run: 'python service.py shop', env },
          shop2: { run: 'python service.py shop2' },
          client2: { run: 'python program.py server', startMs: 2_000 },
          client: { run: 'python program.py server2', startMs: 2_000, env },
          buyer2: { run: 'python shopper.py shop', startMs: 2_000 },
          buyer: { run: 'python shopper.py shop2', startMs: 2_000, env },
        },
        {
          ...theirs,
          'classic.py':
            'import sys\nsys.argv[1:] = ["--host", "server"]\nimport rpyc.cli.rpyc_classic as it\nit.main()\n',
        },
      );
      const other = (lines: string[]): string[] =>
        lines.map((line) => line.replace('server2', 'server'));
      expect(other(all.printed.get('client')!)).toEqual(CLASSIC);
      expect(all.printed.get('client2')).toEqual(CLASSIC);
      expect(all.printed.get('buyer')).toEqual(SHOP);
      expect(all.printed.get('buyer2')).toEqual(SHOP);
      for (const node of ['client', 'buyer', 'server', 'shop']) {
        // A `del` is answered whenever its owner looks.
        const sent = (name: string): string[] => other(all.sent.get(name)!).sort();
        expect(sent(`${node}2`)).toEqual(sent(node));
      }
    },
  );
});
