// The score of our own PyCSP: the programs that were recorded with the real one, on simulated machines,
// with both of its implementations.
//
//   npm run score:pycsp -- [--diff] [part of a case's name…]
//
// LIGHTCONE_RECORDINGS: a folder `pycsp/<case>/{src/,*.out}` of further recordings.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printScores } from '../recorded.ts';
import { masked } from '../real-packages/mask.ts';

/** In the recordings PyCSP's own modules lay where programs did. */
const LIBRARY_FRAMES = /File "<dir>\/(?=(?:process|channelend|channel|scheduling|compat)\.py)/g;

const recordings = process.env['LIGHTCONE_RECORDINGS'];

await printScores(
  [
    { name: 'pycsp.parallel', folder: '../real-packages/pycsp/' },
    { name: 'pycsp.greenlets', folder: 'recorded/' },
  ].map(({ name, folder }) => ({
    name,
    folder: fileURLToPath(new URL(folder, import.meta.url)),
    recordings: recordings && path.join(recordings, 'pycsp'),
    files: {},
    // The library's frames in tracebacks are not the same as the real one's.
    mask: (output: string) => masked(output.replace(LIBRARY_FRAMES, 'File "<site>/pycsp/'), []),
  })),
);
