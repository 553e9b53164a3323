// What a node gives to others of its disk, and takes: outputs of tasks and blobs of DDFS, over HTTP.

import { DiskError } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { answer, type HttpRequest, type HttpResponse } from '../http.ts';
import { BLOB_FOLDER, DATA_FOLDER, DATA_PORT } from '../protocol.ts';

const encoder = new TextEncoder();

/** Serves for ever. */
export function* serveData(process: NodeProcess): Body<void> {
  const listener = process.listen(DATA_PORT);
  for (;;) {
    const connection = yield* wait(listener.accept());
    run(answer(process, connection, (request) => handle(process, request)));
  }
}

// eslint-disable-next-line require-yield -- a handler of `answer`
function* handle({ disk }: NodeProcess, request: HttpRequest): Body<HttpResponse> {
  const { method, target, body } = request;
  const isOurs = [DATA_FOLDER, BLOB_FOLDER].some((folder) => target.startsWith(`${folder}/`));
  if (!isOurs || target.includes('/..')) return refusal(404, target);
  try {
    if (method === 'GET') return { status: 200, body: disk.read(target) };
    if (method !== 'PUT' || !target.startsWith(`${BLOB_FOLDER}/`)) return refusal(400, target);
    disk.write(target, body!);
    // It is stored when the answer says so.
    disk.sync(target);
    return { status: 201, body: encoder.encode('created') };
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return refusal(error.code === 'ENOENT' ? 404 : 503, `${target}: ${error.message}`);
  }
}

function refusal(status: number, text: string): HttpResponse {
  return { status, body: encoder.encode(text) };
}
