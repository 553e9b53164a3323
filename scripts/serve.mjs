// A plain static file server, for `npm start` and the browser tests: what any host of the built
// site does, and nothing more. Folders are answered by their index.html, the unknown by 404.html.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.py': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.zip': 'application/zip',
};

/**
 * What is at a path.
 * @param {string} file
 * @returns {Promise<'file' | 'folder' | undefined>}
 */
async function kindOf(file) {
  try {
    const found = await stat(file);
    return found.isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

/**
 * Finds what answers a request.
 * @param {string} folder
 * @param {string} base
 * @param {string} address as the request names it
 * @returns {Promise<{ file?: string, status: number, location?: string }>}
 */
async function locate(folder, base, address) {
  const { pathname, search } = new URL(address, 'http://localhost');
  const missing = { file: path.join(folder, '404.html'), status: 404 };
  if (pathname === base) return { status: 308, location: `${base}/${search}` };
  if (!pathname.startsWith(`${base}/`)) return { status: 404 };

  let file;
  try {
    file = path.join(folder, decodeURIComponent(pathname.slice(base.length)));
  } catch {
    return missing;
  }
  if (file !== folder && !file.startsWith(folder + path.sep)) return missing;

  const kind = await kindOf(file);
  if (kind === 'file' && !file.endsWith(path.sep)) return { file, status: 200 };
  if (kind !== 'folder') return missing;
  if (!pathname.endsWith('/')) return { status: 308, location: `${pathname}/${search}` };
  const index = path.join(file, 'index.html');
  return (await kindOf(index)) === 'file' ? { file: index, status: 200 } : missing;
}

/**
 * Serves a folder.
 * @param {string} folder
 * @param {{ port?: number, host?: string, base?: string }} options `base`: the path it is served
 *   below, '' or '/course/lightcone'; `port` 0 takes a free one
 * @returns {Promise<{ url: string, close: () => Promise<unknown> }>}
 */
export async function serve(folder, { port = 0, host = '127.0.0.1', base = '' } = {}) {
  const absolute = path.resolve(folder);
  const server = createServer(async (request, response) => {
    const { file, status, location } = await locate(absolute, base, request.url ?? '/');
    if (location) return response.writeHead(status, { location }).end();
    if (!file || !(await kindOf(file))) return response.writeHead(404).end('not found\n');
    response.writeHead(status, {
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'cache-control': file.includes(`${path.sep}immutable${path.sep}`)
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    });
    if (request.method === 'HEAD') return response.end();
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(undefined));
  });
  const taken = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  return {
    url: `http://${host === '127.0.0.1' ? 'localhost' : host}:${taken}${base}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}
