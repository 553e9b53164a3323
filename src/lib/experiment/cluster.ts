// cluster.json: its schema, its defaults, and the checks that need more than a schema.

import { split as splitWords } from 'shlex';
import { z } from 'zod';
import type { Cluster, LinkSpec, MachineSpec, NodeSpec } from '#lib/protocol/cluster.ts';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { HOME, PATH_LENGTH_MAX, pathOf } from '#lib/protocol/file-tree.ts';
import { linkChange } from '#lib/protocol/faults.ts';
import { usFromMs } from '#lib/protocol/time.ts';
import { closedObject, JsonFile } from './json-file.ts';

/** Two virtual hours. */
const UNTIL_MS_DEFAULT = 7_200_000;
/** Longest line of standard input, in characters; a terminal's limit too (POSIX MAX_CANON is 255 at least, Linux 4096). */
export const LINE_LENGTH_MAX = 4096;
const NO_FOLDER = `a folder is wanted, for example "data" (at most ${PATH_LENGTH_MAX} characters)`;
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const LINK = /^([A-Za-z][A-Za-z0-9_-]*)(->|<->)([A-Za-z][A-Za-z0-9_-]*)$/;

const ms = z.number().min(0).max(1e9);
/** Also what the fault `link` may set. */
export const linkSchema = closedObject({
  latencyMs: ms.optional(),
  jitterMs: ms.optional(),
  distribution: z.enum(['constant', 'uniform', 'exponential', 'bimodal']).optional(),
  loss: z.number().min(0).max(1).optional(),
  duplicate: z.number().min(0).max(1).optional(),
  bandwidthKbps: z.int().min(1).max(1e9).optional(),
});
const machine = closedObject({
  cores: z.int().min(1).max(64).optional(),
  speed: z.number().min(0.001).max(1000).optional(),
  skewMs: z.number().min(-1e9).max(1e9).optional(),
});
const node = closedObject({
  run: z.string().min(1, 'a command is missing, for example "python client.py"'),
  machine: z.string().optional(),
  startMs: ms.optional(),
  env: z.record(z.string(), z.string()).optional(),
  hosts: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
  stdin: z.array(z.string().max(LINE_LENGTH_MAX)).max(10_000).optional(),
});
const clusterSchema = closedObject({
  network: linkSchema.optional(),
  nodes: z.record(z.string(), node),
  machines: z.record(z.string(), machine).optional(),
  links: z.record(z.string(), linkSchema).optional(),
  tcp: z.enum(['linux', 'lab']).optional(),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  untilMs: ms.optional(),
});

type LinkInput = z.infer<typeof linkSchema>;

const NETWORK_DEFAULT: LinkSpec = {
  latencyUs: 10_000,
  jitterUs: 0,
  distribution: 'uniform',
  loss: 0,
  duplicate: 0,
  bandwidthKbps: 0,
};

function linkSpec(input: LinkInput, base: LinkSpec): LinkSpec {
  return { ...base, ...linkChange(input) };
}

/**
 * Reads a cluster.json.
 *
 * @throws InputError that names line, place and remedy of everything wrong
 */
export function readCluster(text: string): Cluster {
  const file = new JsonFile('cluster.json', text);
  const input = file.parse(clusterSchema);
  const problems: Diagnostic[] = [];
  const nodeNames = Object.keys(input.nodes);
  if (nodeNames.length === 0) problems.push(file.problem(['nodes'], 'at least one node is needed'));
  const machineNames = new Set(Object.keys(input.machines ?? {}));
  const nodes: NodeSpec[] = nodeNames.map((name) => {
    const spec = input.nodes[name]!;
    if (!NAME.test(name)) {
      problems.push(
        file.problem(
          ['nodes', name],
          `invalid name: ${name} (letters, digits, _ and -, a letter first)`,
        ),
      );
    }
    if (machineNames.has(name)) {
      problems.push(
        file.problem(['nodes', name], `${name} is the name of a machine too: choose another`),
      );
    }
    if (spec.machine !== undefined && !machineNames.has(spec.machine)) {
      const known = [...machineNames].join(', ') || 'none';
      problems.push(
        file.problem(
          ['nodes', name, 'machine'],
          `unknown machine: ${spec.machine} (machines: ${known})`,
        ),
      );
    }
    const folder = pathOf(spec.cwd ?? HOME);
    if (folder === null) problems.push(file.problem(['nodes', name, 'cwd'], NO_FOLDER));
    return {
      name,
      run: spec.run,
      argv: wordsOf(spec.run),
      machine: spec.machine ?? name,
      startUs: usFromMs(spec.startMs ?? 0),
      env: spec.env ?? {},
      hosts: spec.hosts ?? {},
      cwd: folder ?? HOME,
      stdin: spec.stdin ?? [],
    };
  });
  for (const [index, { argv, name }] of nodes.entries()) {
    if (argv.length === 0)
      problems.push(
        file.problem(
          ['nodes', nodeNames[index]!, 'run'],
          `unclosed quote in the command of ${name}`,
        ),
      );
  }
  const network = linkSpec(input.network ?? {}, NETWORK_DEFAULT);
  const places = new Set([...nodeNames, ...machineNames]);
  const links: Record<string, LinkSpec> = {};
  for (const [key, value] of Object.entries(input.links ?? {})) {
    const match = LINK.exec(key);
    const unknown = match ? [match[1]!, match[3]!].find((name) => !places.has(name)) : undefined;
    if (!match)
      problems.push(file.problem(['links', key], `invalid link: ${key} (write a->b or a<->b)`));
    else if (unknown) {
      problems.push(
        file.problem(['links', key], `unknown node: ${unknown} (nodes: ${nodeNames.join(', ')})`),
      );
    } else {
      links[`${match[1]}->${match[3]}`] = linkSpec(value, network);
      if (match[2] === '<->') links[`${match[3]}->${match[1]}`] = linkSpec(value, network);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const used = new Set(nodes.map((spec) => spec.machine));
  const machines: MachineSpec[] = [...used].map((name) => {
    const spec = input.machines?.[name] ?? {};
    return {
      name,
      cores: spec.cores ?? 4,
      speed: spec.speed ?? 1,
      skewUs: Math.round((spec.skewMs ?? 0) * 1000),
    };
  });
  return {
    network,
    tcp: input.tcp ?? 'linux',
    links,
    machines,
    nodes,
    seed: input.seed ?? 1,
    untilUs: usFromMs(input.untilMs ?? UNTIL_MS_DEFAULT),
  };
}

function wordsOf(run: string): string[] {
  try {
    return splitWords(run);
  } catch {
    return [];
  }
}
