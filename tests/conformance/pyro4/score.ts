// The score of our own Pyro4 in Python: the programs that were recorded with the real one, which
// ../real-packages runs on that.
//
//   npm run score:pyro4 -- [--diff] [part of a case's name…]
//
// LIGHTCONE_RECORDINGS: a folder `<library>/<case>/{src/,*.out}` of further recordings.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printScores } from '../recorded.ts';
import { masked } from '../real-packages/mask.ts';

const recordings = process.env['LIGHTCONE_RECORDINGS'];

/** Where a warning of the library's comes from, and the line of its source, which we do not show. */
const WARNING = /^.*<site>\/Pyro4\/\w+\.py:\d+: /;
const SOURCE_OF_WARNING = /^ {2}warnings\.warn\(/;

await printScores([
  {
    name: 'pyro4',
    folder: fileURLToPath(new URL('../real-packages/pyro4', import.meta.url)),
    recordings: recordings && path.join(recordings, 'pyro4'),
    files: {},
    // Frames in the library itself do not count: its functions are others.
    mask: (output) =>
      masked(output, [])
        .filter((line) => !SOURCE_OF_WARNING.test(line))
        .map((line) => line.replace(WARNING, '<site>/Pyro4: ')),
  },
]);
