// Random experiments: a cluster, what its processes do, and what goes wrong, as the files a person
// would write. Small numbers and round times are likely, so that things meet at one instant.

import fc from 'fast-check';
import { FILE_OPS, MANNERS, type Action, type Script } from './script.ts';

/** What random experiments are made of: cluster.json and faults.json as they stand in their files. */
export interface RandomExperiment {
  cluster: { nodes: Record<string, unknown> } & Record<string, unknown>;
  faults: Record<string, unknown>[];
  seed: number;
  /** Cuts the windows of the second run. */
  windowSeed: number;
}

const NODES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const KINDS = ['data', 'reply', 'ping'];
const SIGNALS = ['SIGSTOP', 'SIGCONT', 'SIGKILL', 'SIGTERM', 'SIGINT', 'SIGUSR1'];
const PORTS = [7, 8];

/** Milliseconds up to `max`, three decimals; mostly round ones. */
const ms = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(0, 1, 10, 20, 200, 1000).map((it) => Math.min(it, max)),
    },
    { weight: 2, arbitrary: fc.integer({ min: 0, max }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: max * 1000 }).map((us) => us / 1000) },
  );

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

const link = fc.record(
  {
    latencyMs: ms(100),
    jitterMs: ms(30),
    distribution: fc.constantFrom('constant', 'uniform', 'exponential', 'bimodal'),
    loss: fc.constantFrom(0, 0, 0, 0.05, 0.3, 0.9),
    duplicate: fc.constantFrom(0, 0, 0.5),
    bandwidthKbps: fc.constantFrom(1, 100, 10_000),
  },
  { requiredKeys: [] },
);

const connectionName = fc.constantFrom('x', 'y');
const port = fc.constantFrom(...PORTS);

function action(nodes: readonly string[], depth: number): fc.Arbitrary<Action> {
  const host = fc.constantFrom(...nodes, 'localhost');
  const weighted: [number, fc.Arbitrary<Action>][] = [
    [4, fc.tuple(fc.constant('connect' as const), connectionName, host, port)],
    [
      5,
      fc.tuple(
        fc.constant('send' as const),
        connectionName,
        fc.constantFrom(...KINDS),
        fc.constantFrom(1, 100, 70_000),
        fc.integer({ min: 1, max: 4 }),
      ),
    ],
    [4, fc.tuple(fc.constant('receive' as const), connectionName, fc.integer({ min: 1, max: 3 }))],
    [2, fc.tuple(fc.constantFrom('close' as const, 'shut' as const), connectionName)],
    [1, fc.tuple(fc.constant('bind' as const), port, fc.boolean())],
    [
      3,
      fc.tuple(
        fc.constant('cast' as const),
        host,
        port,
        fc.constantFrom(...KINDS),
        fc.constantFrom(1, 2, 1501, 65_508),
      ),
    ],
    [1, fc.constant(['ask'] as const)],
    [3, fc.tuple(fc.constant('sleep' as const), ms(500))],
    [1, fc.tuple(fc.constant('background' as const), ms(500))],
    [1, fc.tuple(fc.constant('spin' as const), fc.constantFrom(1, 1_000, 30_000))],
    [1, fc.tuple(fc.constant('log' as const), fc.integer({ min: 1, max: 3 }))],
    [1, fc.tuple(fc.constant('effect' as const), fc.constantFrom('charge', 'mail'))],
    [
      2,
      fc.tuple(
        fc.constant('file' as const),
        fc.constantFrom(...FILE_OPS),
        fc.constantFrom('log.txt', 'log.txt2'),
      ),
    ],
    [1, fc.tuple(fc.constant('on' as const), fc.constantFrom(...SIGNALS), fc.boolean())],
    [1, fc.constant(['throw'] as const)],
    [1, fc.tuple(fc.constant('exit' as const), fc.integer({ min: 0, max: 2 }))],
  ];
  if (depth > 0) {
    const inner = script(nodes, depth - 1);
    weighted.push([1, fc.tuple(fc.constant('spawn' as const), inner)]);
  } else {
    const pipe = fc.constantFrom('parent', 'child');
    const send = ['send' as const, 'data', 10, 2] as const;
    weighted.push([1, pipe.map((name) => [send[0], name, send[1], send[2], send[3]] as const)]);
    weighted.push([1, pipe.map((name) => ['receive', name, 1] as const)]);
  }
  return fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

function script(nodes: readonly string[], depth = 1): fc.Arbitrary<Script> {
  const listen = fc.tuple(fc.constant('listen' as const), port, fc.constantFrom(...MANNERS));
  const actions = fc.array(action(nodes, depth), { maxLength: 7 });
  const client: fc.Arbitrary<readonly Action[]> = fc
    .tuple(fc.constantFrom(...nodes), port, actions)
    .map(([host, to, rest]) => [['connect', 'x', host, to], ...rest]);
  const caster: fc.Arbitrary<readonly Action[]> = fc
    .tuple(port, fc.boolean(), actions)
    .map(([own, answers, rest]) => [['bind', own, answers], ...rest]);
  const coroutine: fc.Arbitrary<readonly Action[]> = fc.oneof(
    { weight: 1, arbitrary: caster },
    { weight: 3, arbitrary: listen.map((it) => [it]) },
    { weight: 3, arbitrary: client },
    { weight: 1, arbitrary: actions },
  );
  return fc.array(coroutine, { minLength: 1, maxLength: 3 });
}

type Fault = Record<string, unknown>;

/** A link by its name, one way or both. */
function way(nodes: readonly string[]): fc.Arbitrary<string> {
  const end = fc.constantFrom(...nodes);
  return fc.tuple(end, fc.constantFrom('->', '<->'), end).map((it) => it.join(''));
}

function faults(nodes: readonly string[]): fc.Arbitrary<Fault[]> {
  const node = fc.constantFrom(...nodes);
  const process = fc.oneof(
    { weight: 4, arbitrary: node },
    { weight: 1, arbitrary: node.map((name) => `${name}/1`) },
  );
  const group = fc.uniqueArray(node, { minLength: 1, maxLength: 3 });
  const named = (verb: string): fc.Arbitrary<Fault> =>
    // A child is started by its parent.
    (verb === 'restart' ? node : process).map((name) => ({ [verb]: name }));
  const verb: fc.Arbitrary<Fault> = fc.oneof(
    ...['kill', 'powerOff', 'restart', 'restart', 'pause', 'resume'].map(named),
    fc
      .tuple(process, fc.constantFrom(...SIGNALS))
      .map(([signal, name]) => ({ signal, name }) as Fault),
    fc
      .tuple(group, group, optional(fc.boolean()))
      .map(([from, to, oneWay]) => ({ partition: [from, to], ...(oneWay ? { oneWay } : {}) })),
    fc.constant({ heal: true }),
    way(nodes).map((cut) => ({ cut })),
    way(nodes).map((mend) => ({ mend })),
    fc
      .tuple(way(nodes), link)
      .map(([name, set]) => ({ link: name, set: { latencyMs: 3, ...set } }) as Fault),
    node.map((skew) => ({ skew, ms: 5 })),
    fc.tuple(node, fc.constantFrom(0.01, 1, 3)).map(([speed, factor]) => ({ speed, factor })),
    node.map((input) => ({ input, text: 'typed' })),
  );
  const pattern = fc
    .tuple(
      fc.constantFrom('send', 'beforeSend', 'deliver'),
      fc.constantFrom(...KINDS),
      fc.record(
        { from: node, to: node, nth: fc.integer({ min: 1, max: 4 }), every: fc.boolean() },
        { requiredKeys: [] },
      ),
    )
    .map(([moment, kind, rest]) => ({ [moment]: kind, ...rest }));
  const touch: fc.Arbitrary<Fault> = fc.oneof(
    fc.constant({ drop: true }),
    fc.constant({ duplicate: true }),
    ms(300).map((delay) => ({ delay })),
  );
  const timed = fc.tuple(ms(2000), verb).map(([atMs, what]): Fault => ({ atMs, ...what }));
  const matched = fc
    .tuple(pattern, fc.oneof(verb, touch))
    .map(([on, what]): Fault => ({ on, ...what }));
  return fc.array(fc.oneof({ weight: 3, arbitrary: timed }, { weight: 2, arbitrary: matched }), {
    maxLength: 6,
  });
}

/** Before it is known how many nodes there are: names are `@0` to `@7`. */
interface Draft {
  nodeCount: number;
  network: object;
  links: [from: string, to: string, link: object][];
  nodes: Record<string, unknown>[];
  speed: number;
  cores: number;
  /** All nodes stand on one machine, and take turns at its cores. */
  isCrowded: boolean;
  faults: Record<string, unknown>[];
  seed: number;
  windowSeed: number;
}

const NAMES = NODES.map((_, index) => `@${index}`);

const node = fc
  .tuple(script(NAMES), fc.constantFrom(undefined, undefined, 'm1', 'm2'), optional(ms(100)))
  .map(([actions, machine, startMs]) => ({
    run: 'actor.ts',
    env: { SCRIPT: JSON.stringify(actions) },
    ...(machine === undefined ? {} : { machine }),
    ...(startMs === undefined ? {} : { startMs }),
  }));

const draft: fc.Arbitrary<Draft> = fc.record({
  nodeCount: fc.integer({ min: 1, max: NODES.length }),
  network: link,
  links: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), link), {
    maxLength: 2,
  }),
  nodes: fc.array(node, { minLength: NODES.length, maxLength: NODES.length }),
  speed: fc.constantFrom(1, 1, 0.25, 4),
  cores: fc.constantFrom(4, 1, 2),
  isCrowded: fc.constantFrom(false, false, false, true),
  faults: faults(NAMES),
  seed: fc.integer({ min: 0, max: 1000 }),
  windowSeed: fc.integer({ min: 1, max: 1000 }),
});

/** A fault of a link names two machines, or it is refused before anything runs. */
function isBetweenMachines(fault: Fault, machineOf: (node: string) => string): boolean {
  const link = fault['cut'] ?? fault['mend'] ?? fault['link'];
  if (link === undefined) return true;
  const [from, to] = String(link).split(/<?->/).map(machineOf);
  return from !== to;
}

/** Any experiment. The number of nodes is drawn beside the rest, so that it shrinks on its own. */
export const randomExperiment: fc.Arbitrary<RandomExperiment> = draft.map((it) => {
  const named = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replace(/@(\d)/g, (_, index) => NODES[Number(index) % it.nodeCount]!),
    ) as T;
  const links = named(it.links)
    .filter(([from, to]) => from !== to)
    .map(([from, to, way]) => [`${from}->${to}`, way] as const);
  const nodes = it.isCrowded ? it.nodes.map((spec) => ({ ...spec, machine: 'm1' })) : it.nodes;
  const machineOf = (name: string): string =>
    (nodes[NODES.indexOf(name)]?.['machine'] as string | undefined) ?? name;
  return {
    cluster: {
      network: it.network,
      links: Object.fromEntries(links),
      machines: { m1: { speed: it.speed, cores: it.cores }, m2: {} },
      nodes: Object.fromEntries(
        nodes.slice(0, it.nodeCount).map((spec, index) => [NODES[index]!, named(spec)]),
      ),
    },
    faults: named(it.faults).filter((fault) => isBetweenMachines(fault, machineOf)),
    seed: it.seed,
    windowSeed: it.windowSeed,
  };
});
