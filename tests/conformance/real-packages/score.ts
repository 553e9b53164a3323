// The score of RPyC, Pyro4 and PyCSP: the real packages over the simulated network.
//
//   npm run score:packages -- [--diff] [part of a case's name…]
//
// LIGHTCONE_PACKAGES: a folder with the packages (see packages.ts).
// LIGHTCONE_RECORDINGS: a folder `<library>/<case>/{src/,*.out}` of further recordings.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printScores } from '../recorded.ts';
import { masked } from './mask.ts';
import { findLibrary, LIBRARIES } from './packages.ts';

const CASES = fileURLToPath(new URL('.', import.meta.url));
const recordings = process.env['LIGHTCONE_RECORDINGS'];

await printScores(
  await Promise.all(
    LIBRARIES.map(async (library) => ({
      name: library,
      folder: path.join(CASES, library),
      recordings: recordings && path.join(recordings, library),
      files: await findLibrary(library),
      mask: (output: string) => masked(output),
    })),
  ),
);
