// Names what programs send of HTTP by themselves (NET5): Python's http.server and urllib among them.

import type { SpokenProtocol } from '#lib/node/dissect.ts';

const decoder = new TextDecoder();
const REQUEST = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) /;
/** Of a first line. */
const LINE_LENGTH_MAX = 180;

const startOf = (bytes: Uint8Array): string => decoder.decode(bytes.subarray(0, LINE_LENGTH_MAX));

/** One message may be sent in several pieces: its head, then its body. */
export const HTTP_WIRE: SpokenProtocol = {
  begins: (first) => REQUEST.test(startOf(first)) || startOf(first).startsWith('HTTP/1.'),
  create: () => (bytes) => {
    const [line = ''] = startOf(bytes).split('\r\n');
    const isRequest = REQUEST.test(line);
    if (!isRequest && !line.startsWith('HTTP/1.')) {
      return { proto: 'http', msg: 'part', preview: `${bytes.length} bytes` };
    }
    const preview = isRequest ? line.replace(/ HTTP\/1\.\d$/, '') : line.slice('HTTP/1.1 '.length);
    return { proto: 'http', msg: isRequest ? 'request' : 'response', preview };
  },
};
