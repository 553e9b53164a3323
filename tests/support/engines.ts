// The engines the law speaks of: Node.js, and the Chromium and Firefox of this machine. Each runs a
// script in a worker and hands back what the script reports.

import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import puppeteer, { type Browser } from 'puppeteer-core';
import { findChromium } from '../../scripts/install.mjs';

export interface Engine {
  readonly name: string;
  /** Runs a classic script; `report(value)` in it ends it. */
  run(script: string): Promise<unknown>;
  close(): Promise<void>;
}

const FIREFOX_PATHS = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** Node.js, and every browser that is installed here. */
export async function openEngines(): Promise<Engine[]> {
  const chromium = findChromium();
  const firefox = process.env.FIREFOX_PATH ?? FIREFOX_PATHS.find((path) => existsSync(path));
  return [
    nodeEngine(),
    ...(chromium === undefined ? [] : [await browserEngine('chromium', chromium)]),
    ...(firefox === undefined ? [] : [await browserEngine('firefox', firefox)]),
  ];
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

async function launch(name: 'chromium' | 'firefox', executablePath: string): Promise<Browser> {
  if (name === 'firefox')
    return puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  const args = ['--no-sandbox', '--disable-gpu'];
  return puppeteer.launch({ browser: 'chrome', executablePath, headless: true, args });
}

async function emptyPage(): Promise<{ server: Server; address: string }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>engine</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** Runs in the page. Text, because a function would be compiled for this module's own scope. */
const IN_PAGE = `(script) => new Promise((resolve, reject) => {
  const text = 'const report = globalThis.postMessage.bind(globalThis);\\n' + script;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = ({ message, lineno }) => reject(new Error(message + ' (line ' + lineno + ')'));
})`;

async function browserEngine(
  name: 'chromium' | 'firefox',
  executablePath: string,
): Promise<Engine> {
  const browser = await launch(name, executablePath);
  const { server, address } = await emptyPage();
  const page = await browser.newPage();
  await page.goto(address);
  const run = (script: string) => page.evaluate(`(${IN_PAGE})(${JSON.stringify(script)})`);
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { name, run, close };
}
