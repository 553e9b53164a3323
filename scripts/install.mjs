// What a fresh machine lacks, with nothing but Node 20 and npm to begin with: the packages, a
// browser for the tests, a font with Chinese glyphs.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const binaries = path.join(root, 'node_modules', '.bin');
const isWindows = process.platform === 'win32';

/** The environment without this project's own binaries: npm must not run on a Node it replaces. */
function outsideEnv() {
  const PATH = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.endsWith(path.join('node_modules', '.bin')))
    .join(path.delimiter);
  return { ...process.env, PATH };
}

/** The environment in which `node` is the version this project pins. */
export function projectEnv() {
  const PATH = `${binaries}${path.delimiter}${process.env.PATH ?? ''}`;
  return { ...process.env, PATH, FORCE_COLOR: '0', NO_COLOR: '1' };
}

/**
 * Runs a program to its end with its output shown.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean} whether it succeeded
 */
function run(command, args, env) {
  console.log(`$ ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: isWindows,
  });
  return status === 0;
}

/** Whether every package of the lockfile is installed in its version. */
function hasPackages() {
  /**
   * @param {string} file
   * @returns {Record<string, { version?: string, optional?: boolean }>}
   */
  const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  try {
    const installed = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([where, { version, optional }]) =>
        where === '' || optional || installed[where]?.version === version,
    );
  } catch {
    return false;
  }
}

/** Installs the packages unless they are all there. Throws when that fails. */
export function ensurePackages() {
  if (hasPackages() && existsSync(path.join(binaries, isWindows ? 'node.cmd' : 'node'))) return;
  if (!run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], outsideEnv())) {
    throw new Error('npm ci failed');
  }
}

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROMIUM_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/**
 * Whether a program starts; a name on the path alone may be a stub that asks to install it.
 * @param {string} program
 */
function starts(program, args = ['--version']) {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * The Chromium or Chrome of this machine.
 * @returns {string | undefined} an absolute path; undefined when there is none
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => CHROMIUM_NAMES.map((name) => path.join(folder, name)));
  return [...onPath, ...CHROMIUM_PATHS].find((file) => existsSync(file) && starts(file));
}

/** Whether Playwright has a Chromium of its own in its cache. */
function hasPlaywrightChromium() {
  try {
    const { chromium } = createRequire(path.join(root, 'package.json'))('@playwright/test');
    return existsSync(chromium.executablePath());
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages where that is allowed.
 * @param {string[]} packages
 * @returns {boolean} whether they are there
 */
function aptInstall(...packages) {
  if (process.getuid?.() !== 0 || !starts('apt-get')) return false;
  const env = { ...outsideEnv(), DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  return (
    run('apt-get', install, env) ||
    (run('apt-get', ['update'], env) && run('apt-get', install, env))
  );
}

/** Sees to a Chromium: this machine's, else Playwright's download, else the package manager's. */
export function ensureBrowser() {
  if (findChromium() || hasPlaywrightChromium()) return;
  const playwright = path.join(binaries, 'playwright');
  if (!process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD) {
    // Behind a firewall give up soon: the package manager may do.
    const env = { ...projectEnv(), PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
    if (run(playwright, ['install', 'chromium'], env)) {
      // The libraries a browser needs; harmless when they are there, refused without rights.
      if (process.getuid?.() === 0) run(playwright, ['install-deps', 'chromium'], projectEnv());
      return;
    }
  }
  if (aptInstall('chromium') && findChromium()) return;
  throw new Error('no browser: install Chromium or Chrome, or name one in CHROMIUM_PATH');
}

/** Sees to a font for the Chinese pages; without rights a missing one is only reported. */
export function ensureFonts() {
  if (process.platform !== 'linux') return;
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  if (status === 0 && stdout.trim() !== '') return;
  if (!aptInstall('fontconfig', 'fonts-noto-cjk')) {
    console.log('no font with Chinese glyphs found: Chinese pages show boxes in screenshots');
  }
}
