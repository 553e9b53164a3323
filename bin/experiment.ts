// Runs experiments for the command line and for tests: bundles the simulation, starts the sandboxed
// child (bin/sandbox.mjs) and reads what it prints.

import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Placement, RunReport, RunRequest } from '#lib/runtime/control.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import type { Exploration } from '#lib/runtime/schedules.ts';
import type { Files } from '#lib/experiment/experiment.ts';
import { readPackages } from '#lib/experiment/packages.ts';
import type { ModelName } from '#lib/protocol/model-names.ts';
import { isPackageFile, PACKAGES_FOLDER } from '#lib/protocol/package-files.ts';
import { PYTHON_FILES, pythonAssets } from '../scripts/python-assets.ts';
import { buildId, buildWorkerScript, modelEntry, MODELS } from '../scripts/worker-script.ts';

/** Files larger than this are no programs. */
const FILE_SIZE_MAX = 1_000_000;
/** The last line of what the child says to a request. */
const ANSWER = /^\{"kind":"(report|explored)"/;
const PROGRAM = /\.(json|ts|py|txt|csv)$/;

/** The scripts that runs need, and their identity. */
export interface Engine {
  kernel: string;
  node: string;
  tracer: string;
  models: Record<ModelName, string>;
  build: string;
}

let engine: Promise<Engine> | undefined;

/** Bundles the simulation's scripts, once per process. */
export function loadEngine(): Promise<Engine> {
  engine ??= (async () => {
    const [kernel, node, tracer, ...models] = await Promise.all(
      [
        '#workers/kernel.worker.ts',
        '#workers/node.worker.ts',
        '#workers/tracer.worker.ts',
        ...MODELS.map(modelEntry),
      ].map(buildWorkerScript),
    );
    return {
      kernel: kernel!,
      node: node!,
      tracer: tracer!,
      models: Object.fromEntries(MODELS.map((name, index) => [name, models[index]!])) as Record<
        ModelName,
        string
      >,
      build: await buildId([kernel!, node!, ...models]),
    };
  })();
  return engine;
}

/**
 * Reads an experiment's folder.
 *
 * @returns text by path below the folder, `/` between its parts
 * @throws Error when it is no folder, InputError when a package in `site-packages` cannot be read
 */
export async function readFolder(folder: string): Promise<Files> {
  const files: Record<string, string> = {};
  const packages: Record<string, Uint8Array> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (isPackageFile(name)) {
      packages[name.slice(PACKAGES_FOLDER.length)] = await readFile(file);
    } else if (PROGRAM.test(entry.name)) {
      const text = await readFile(file, 'utf8');
      if (text.length <= FILE_SIZE_MAX) files[name] = text;
    }
  }
  return { ...files, ...readPackages(packages) };
}

/** Lines end at "\n" alone: readline would also cut at U+2028, which may stand in a program's output. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

export interface SandboxRun {
  seed: number;
  placement: Placement;
  untilUs?: number;
  windowSeed?: number;
  /** See RunSpec. */
  replySeed?: number;
  /** Nothing but the report is wanted. */
  isQuiet?: boolean;
}

/** What the child is asked. */
interface ChildRequest {
  /** Its place among the programs. */
  program: number;
  spec: RunRequest['spec'];
  isQuiet?: boolean;
  isExploring?: boolean;
}

/**
 * Runs a prepared experiment once per entry of `runs`, in a child that can reach nothing.
 *
 * @param online receives each line of each trace
 * @throws Error when the child breaks
 */
export function runInSandbox(
  prepared: Prepared,
  runs: readonly SandboxRun[],
  online: (line: string, runIndex: number) => void = () => undefined,
): Promise<RunReport[]> {
  return runTogether(
    runs.map((run) => ({ prepared, run })),
    online,
  );
}

/**
 * Runs experiments one after the other in one child: it takes longer to start than most of them to run, and
 * what it runs first is slow. None can see what one before it did (tests/law/together.test.ts).
 *
 * @param online receives each line of each trace
 * @throws Error when the child breaks
 */
export async function runTogether(
  experiments: readonly { prepared: Prepared; run: SandboxRun }[],
  online: (line: string, index: number) => void = () => undefined,
): Promise<RunReport[]> {
  const { build } = await loadEngine();
  const programs = [...new Set(experiments.map(({ prepared }) => prepared))];
  const requests = experiments.map(({ prepared, run }): RunRequest & ChildRequest => ({
    program: programs.indexOf(prepared),
    placement: run.placement,
    pythonApps: prepared.pythonApps,
    isQuiet: run.isQuiet ?? false,
    spec: {
      ...specOf(prepared, build, run.seed),
      ...(run.untilUs === undefined ? {} : { untilUs: run.untilUs }),
      ...(run.windowSeed === undefined ? {} : { windowSeed: run.windowSeed }),
      ...(run.replySeed === undefined ? {} : { replySeed: run.replySeed }),
    },
  }));
  const reports: RunReport[] = [];
  if (requests.length === 0) return reports;
  await inSandbox(programs, requests, (line) => {
    if (line.startsWith('{"kind":"report"')) reports.push(JSON.parse(line) as RunReport);
    else online(line, reports.length);
  });
  return reports;
}

/**
 * Tries all schedules of a prepared experiment, in a child that can reach nothing.
 *
 * @param onprogress told of the number of schedules tried
 * @throws Error when the child breaks
 */
export async function exploreInSandbox(
  prepared: Prepared,
  onprogress: (count: number) => void,
): Promise<Exploration> {
  const { build } = await loadEngine();
  const spec = specOf(prepared, build, prepared.cluster.seed);
  let found: Exploration | undefined;
  await inSandbox([prepared], [{ program: 0, isExploring: true, spec }], (line) => {
    const told = JSON.parse(line) as Exploration & { kind: string };
    if (told.kind === 'progress') onprogress(told.count);
    else found = told;
  });
  return found!;
}

function specOf({ cluster, faults }: Prepared, build: string, seed: number): RunRequest['spec'] {
  return { build, cluster, faults, seed };
}

/** Has the child answer requests. @throws Error when it breaks before it has answered all */
async function inSandbox(
  programs: readonly Prepared[],
  requests: readonly ChildRequest[],
  online: (line: string) => void,
): Promise<void> {
  const { kernel, node, models } = await loadEngine();
  const names = new Set(programs.flatMap((program) => program.models));
  const sandbox = fileURLToPath(new URL('sandbox.mjs', import.meta.url));
  const python = programs.some((program) => program.python !== null) ? await pythonPaths() : null;
  const child = spawn(
    process.execPath,
    [
      '--permission',
      `--allow-fs-read=${sandbox}`,
      ...Object.values(python ?? {}).map((file) => `--allow-fs-read=${file}`),
      '--allow-worker',
      '--disallow-code-generation-from-strings',
      '--no-warnings',
      '--max-old-space-size=2048',
      sandbox,
    ],
    { env: {}, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const task = {
    kernel,
    node,
    python,
    models: [...names].map((name) => models[name]).join('\n'),
    programs: programs.map(({ program, python: files }) => ({ program, files })),
    requests,
  };
  child.stdin.end(JSON.stringify(task));
  let answerCount = 0;
  for await (const line of linesOf(child.stdout)) {
    if (ANSWER.test(line)) answerCount++;
    online(line);
  }
  const exitCode = await exited;
  if (answerCount < requests.length) {
    throw new Error(`the simulation broke (exit ${exitCode}): ${stderr.trim().slice(-1500)}`);
  }
}

/** Where the child reads what Python nodes need. */
async function pythonPaths(): Promise<Record<keyof typeof PYTHON_FILES, string>> {
  const folder = await pythonAssets();
  const pathOf = (name: string): string => path.join(folder, name);
  return {
    script: pathOf(PYTHON_FILES.script),
    module: pathOf(PYTHON_FILES.module),
    stdlib: pathOf(PYTHON_FILES.stdlib),
    snapshot: pathOf(PYTHON_FILES.snapshot),
  };
}
