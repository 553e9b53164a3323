// `npm start [-- --port 8080] [-- --host 0.0.0.0]`: from a fresh checkout to a page in the browser.
// Runs on the Node that is there; what it starts runs on the one the project pins.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, projectEnv, root } from './install.mjs';
import { serve } from './serve.mjs';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', short: 'p' }, host: { type: 'string', default: '127.0.0.1' } },
  allowPositionals: true,
});
const port = Number(values.port ?? positionals[0] ?? process.env.PORT ?? 0);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`invalid port: ${values.port ?? positionals[0] ?? process.env.PORT}`);
  process.exit(2);
}

ensurePackages();
const base = (process.env.BASE_PATH ?? '').replace(/\/+$/, '');
const { status } = spawnSync('npm', ['run', '--silent', 'build', '--', '--logLevel', 'warn'], {
  cwd: root,
  env: projectEnv(),
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (status !== 0) process.exit(status ?? 1);

const { url } = await serve(path.join(root, 'build'), { port, host: values.host, base });
console.log(`Lightcone is at ${url}`);
