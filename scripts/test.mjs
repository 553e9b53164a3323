// `npm test [-- step…]`: the gate. Installs what is missing, runs every step (or those named),
// prints what each took and ends with one plain line. Runs on the Node that is there; the steps
// run on the one the project pins.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowser, ensureFonts, ensurePackages, projectEnv, root } from './install.mjs';

/** The whole gate fails past this; its goal is 6 minutes on two cores. */
const LIMIT_MS = 8 * 60_000;

const results = path.join(root, 'test-results');
const unitResults = path.join(results, 'unit.json');
const e2eResults = path.join(results, 'e2e.json');

/**
 * @typedef {{ passed: number, failed: number }} Counts
 * @typedef {object} Step a command line, and where it leaves its counts when it runs tests
 * @property {string} name
 * @property {[program: string, ...args: string[]]} command
 * @property {Record<string, string>} [env]
 * @property {() => Counts} [count]
 */

/**
 * Steps of one group run two at a time; groups one after the other, so that tests which measure
 * time have the machine to themselves.
 * @type {Step[][]}
 */
const groups = [
  [{ name: 'prepare', command: ['npm', 'run', '--silent', 'prepare'] }],
  [
    { name: 'build', command: ['npm', 'run', '--silent', 'build', '--', '--logLevel', 'warn'] },
    {
      name: 'types',
      command: ['svelte-check', '--tsconfig', './tsconfig.json', '--output', 'human'],
    },
    { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
    { name: 'lint', command: ['eslint', '--max-warnings', '0', '.'] },
    { name: 'import rules', command: ['npm', 'run', '--silent', 'imports'] },
    { name: 'dead code', command: ['knip', '--no-progress'] },
  ],
  [
    {
      name: 'unit',
      command: [
        'vitest',
        'run',
        '--project=node',
        '--project=lessons',
        '--project=runes',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${unitResults}`,
      ],
      count: () => {
        const { numPassedTests, numFailedTests } = readJson(unitResults);
        return { passed: numPassedTests, failed: numFailedTests };
      },
    },
  ],
  [
    {
      name: 'e2e',
      // The long journeys are walked by `npm run test:e2e`.
      command: ['playwright', 'test', '--grep-invert', '@long'],
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: e2eResults },
      count: () => {
        const { expected, flaky, unexpected } = readJson(e2eResults).stats;
        return { passed: expected + flaky, failed: unexpected };
      },
    },
  ],
];

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs one step to its end. The output of one that failed is shown whole.
 * @param {Step} step
 * @returns {Promise<Counts>}
 */
function runStep({ name, command, env = {}, count }) {
  const begin = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...projectEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that running out of time ends the browsers and servers too.
    detached: true,
  });
  running.add(child);
  /** @type {Buffer[]} */
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    /** @param {number | null} code */
    const finish = (code) => {
      running.delete(child);
      const tookMs = performance.now() - begin;
      const counts = tally(code === 0, count);
      const verdict = counts.failed > 0 ? 'FAILED' : 'ok';
      const tests = count ? `  ${counts.passed} passed, ${counts.failed} failed` : '';
      if (counts.failed > 0) process.stdout.write(Buffer.concat(output));
      console.log(`${verdict.padEnd(7)}${name.padEnd(14)}${seconds(tookMs).padStart(8)}${tests}`);
      resolve(counts);
    };
    child.on('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      finish(1);
    });
    child.on('close', finish);
  });
}

/**
 * A step counts as its tests, or as one when it has none or died before it could count.
 * @param {boolean} succeeded
 * @param {Step['count']} count
 * @returns {Counts}
 */
function tally(succeeded, count) {
  try {
    const { passed, failed } = count?.() ?? { passed: succeeded ? 1 : 0, failed: 0 };
    return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/**
 * Runs steps two at a time.
 * @param {Step[]} steps
 */
async function runGroup(steps) {
  const waiting = [...steps];
  /** @type {Counts[]} */
  const counts = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) counts.push(await runStep(step));
  };
  await Promise.all([lane(), lane()]);
  return counts;
}

/** @param {string} message */
function stop(message) {
  for (const child of running) {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
  console.log(message);
  process.exit(1);
}

const only = process.argv.slice(2);
const chosen = groups
  .map((steps) => steps.filter(({ name }) => only.length === 0 || only.includes(name)))
  .filter((steps) => steps.length > 0);
if (only.length > 0 && chosen.flat().length !== only.length) {
  const names = groups.flat().map(({ name }) => name);
  console.error(`unknown step: ${only.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(2);
}

// Installing is not part of the gate's time: it happens once and depends on the network.
ensurePackages();
if (chosen.flat().some(({ name }) => name === 'unit' || name === 'e2e')) {
  ensureBrowser();
  ensureFonts();
}
rmSync(results, { recursive: true, force: true });

const begin = performance.now();
const limit = setTimeout(
  () => stop(`FAILED: stopped after ${LIMIT_MS / 60_000} minutes`),
  LIMIT_MS,
);
process.on('SIGINT', () => stop('interrupted'));
process.on('SIGTERM', () => stop('interrupted'));

const total = { passed: 0, failed: 0 };
for (const steps of chosen) {
  for (const { passed, failed } of await runGroup(steps)) {
    total.passed += passed;
    total.failed += failed;
  }
}
clearTimeout(limit);
console.log(`total ${seconds(performance.now() - begin)}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
