// The engines the law speaks of: Node.js, and the Chromium and Firefox of this machine. Each runs a
// script in a worker and hands back what the script reports.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { PYTHON_FILES, pythonAssets } from '../../scripts/python-assets.ts';
import { buildWorkerScript } from '../../scripts/worker-script.ts';
import { findChromium } from '../../scripts/install.mjs';

export interface Engine {
  readonly name: string;
  /** Runs a classic script; `report(value)` in it ends it. */
  run(script: string): Promise<unknown>;
  close(): Promise<void>;
}

const FIREFOX_PATHS = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

interface InstalledBrowser {
  name: 'chromium' | 'firefox';
  path: string;
}

/** The browsers of this machine. */
export function installedBrowsers(): InstalledBrowser[] {
  const chromium = findChromium();
  const firefox = process.env.FIREFOX_PATH ?? FIREFOX_PATHS.find((path) => existsSync(path));
  return [
    ...(chromium === undefined ? [] : [{ name: 'chromium', path: chromium } as const]),
    ...(firefox === undefined ? [] : [{ name: 'firefox', path: firefox } as const]),
  ];
}

/** Node.js, and every browser that is installed here. */
export async function openEngines(): Promise<Engine[]> {
  return [nodeEngine(), ...(await Promise.all(installedBrowsers().map(browserEngine)))];
}

function nodeEngine(): Engine {
  const run = (script: string) =>
    new Promise<unknown>((resolve, reject) => {
      const opening = `const port = require('worker_threads').parentPort; const report = (it) => port.postMessage(it);`;
      const worker = new Worker(`${opening}\n${script}`, { eval: true });
      worker.once('message', (value) => {
        void worker.terminate();
        resolve(value);
      });
      worker.once('error', reject);
    });
  return { name: 'node', run, close: async () => {} };
}

function launch({ name, path: executablePath }: InstalledBrowser): Promise<Browser> {
  if (name === 'firefox') {
    return puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  }
  const args = ['--no-sandbox', '--disable-gpu'];
  return puppeteer.launch({ browser: 'chrome', executablePath, headless: true, args });
}

async function pythonFile(part: string): Promise<Buffer> {
  return readFile(path.join(await pythonAssets(), PYTHON_FILES[part as keyof typeof PYTHON_FILES]));
}

async function serve(html: string): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const part = /^\/python\/(\w+)$/.exec(request.url ?? '')?.[1];
    if (part) {
      pythonFile(part).then((bytes) => response.end(bytes));
      return;
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** A page of an installed browser, with this text as its document. */
export async function openPage(
  installed: InstalledBrowser,
  html: string,
): Promise<{ page: Page; close: () => Promise<void> }> {
  const [browser, { server, address }] = await Promise.all([launch(installed), serve(html)]);
  const page = await browser.newPage();
  await page.goto(address);
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { page, close };
}

/** A document that runs tests/support/lab-page.ts. */
export async function labPage(): Promise<string> {
  const script = await buildWorkerScript('tests/support/lab-page.ts');
  return `<!doctype html><title>lab</title><body><script>${script.replaceAll('</script', '<\\/script')}</script>`;
}

/** Runs in the page. Text, because a function would be compiled for this module's own scope. */
const IN_PAGE = `(script) => new Promise((resolve, reject) => {
  const text = 'const report = globalThis.postMessage.bind(globalThis);\\n' + script;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = ({ message, lineno }) => reject(new Error(message + ' (line ' + lineno + ')'));
})`;

async function browserEngine(installed: InstalledBrowser): Promise<Engine> {
  const { page, close } = await openPage(installed, '<!doctype html><title>engine</title>');
  const run = (script: string) => page.evaluate(`(${IN_PAGE})(${JSON.stringify(script)})`);
  return { name: installed.name, run, close };
}
