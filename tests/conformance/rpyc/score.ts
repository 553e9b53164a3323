// The score of our own RPyC: the programs that were recorded with the real one, on simulated machines.
//
//   npm run score:rpyc -- [--diff] [part of a case's name…]
//
// LIGHTCONE_RECORDINGS: a folder `rpyc/<case>/{src/,*.out}` of further recordings.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printScores } from '../recorded.ts';
import { masked } from '../real-packages/mask.ts';

const recordings = process.env['LIGHTCONE_RECORDINGS'];

await printScores([
  {
    name: 'rpyc',
    folder: fileURLToPath(new URL('../real-packages/rpyc/', import.meta.url)),
    recordings: recordings && path.join(recordings, 'rpyc'),
    files: {},
    // The library's frames in tracebacks are not the same as the real one's.
    mask: (output) => masked(output, []),
  },
]);
