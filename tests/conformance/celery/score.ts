// The score of our Celery in Python: the recorded programs on the simulated network.
//
//   npm run score:celery -- [--diff] [part of a case's name…]
//
// LIGHTCONE_PACKAGES: a folder with redis-py, by which some recorded clients look at the broker.
// LIGHTCONE_RECORDINGS: a folder `celery/<case>/{src/,*.out}` of further recordings.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLibrary } from '../real-packages/packages.ts';
import { printScores } from '../recorded.ts';
import { maskedCelery } from './mask.ts';

const folder = fileURLToPath(new URL('recorded/', import.meta.url));
const recordings = process.env['LIGHTCONE_RECORDINGS'];

await printScores([
  {
    name: 'celery',
    folder,
    recordings: recordings && path.join(recordings, 'celery'),
    files: {
      ...(await findLibrary('redis')),
      'tasks.py': await readFile(path.join(folder, 'tasks.py'), 'utf8'),
    },
    mask: maskedCelery,
  },
]);
