// On a USB stick, as start.mjs beside serve.mjs (zip.ts): serves its folder where Node.js is and Python is not, and
// opens it: node start.mjs [port] [--everybody]

import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './serve.mjs';

/** @type {Partial<Record<string, [string, ...string[]]>>} */
const OPENERS = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] };

const folder = path.dirname(fileURLToPath(import.meta.url));
const given = process.argv.find((it) => /^\d+$/.test(it));
const host = process.argv.includes('--everybody') ? '0.0.0.0' : '127.0.0.1';
// Somebody else may have the usual port.
const { url } = await serve(folder, { port: Number(given ?? 8000), host }).catch(
  (/** @type {NodeJS.ErrnoException} */ error) => {
    if (given !== undefined || error.code !== 'EADDRINUSE') throw error;
    return serve(folder, { host });
  },
);
const address = url.replace('0.0.0.0', 'localhost');
console.log(`Lightcone is at ${address}`);
const [command, ...options] = OPENERS[process.platform] ?? /** @type {const} */ (['xdg-open']);
// Whoever has no browser here reads the address.
spawn(command, [...options, address], { stdio: 'ignore' }).on('error', () => undefined);
