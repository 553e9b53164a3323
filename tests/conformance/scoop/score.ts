// The score of our SCOOP in Python: the recorded programs on the simulated network.
//
//   npm run score:scoop -- [--diff] [part of a case's name…]
//
// LIGHTCONE_RECORDINGS: a folder `scoop/<case>/{src/,*.out}` of further recordings.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printScores } from '../recorded.ts';
import { maskedScoop } from './mask.ts';

const recordings = process.env['LIGHTCONE_RECORDINGS'];

await printScores([
  {
    name: 'scoop',
    folder: fileURLToPath(new URL('recorded/', import.meta.url)),
    recordings: recordings && path.join(recordings, 'scoop'),
    files: {},
    mask: maskedScoop,
  },
]);
