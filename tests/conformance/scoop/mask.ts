// What may differ between a recorded pool and ours without a difference in what the library did: times,
// chance, ports, numbers of futures, where ZeroMQ shows, and texts of a later CPython.

import { masked } from '../real-packages/mask.ts';

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]/gm, '[<when>]'],
  [/using Python 3\.\d+.*?, API: \d+/g, 'using Python, API'],
  // ZeroMQ: a second port, and a choice of transports.
  [/ports? \d+(, \d+)?\./g, 'port.'],
  [/ --metaPort \d+| --backend=ZMQ|'--metaPort', '\d+', |'--backend=ZMQ', /g, ''],
  [/(PYTHONPATH=|workingDirectory |'--workingDirectory', |In path: )\S+/g, '$1…'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>'],
  [/(taskPort )\d+|('--taskPort', )'\d+'/g, '$1$2<port>'],
  // The engine has no functions of its own that count.
  [/(<port>'), \d+\)/g, '$1, <number>)'],
  // Chance and time.
  [/^(value of pi|error percentage|total time)( = |: ).*$/gm, '$1'],
  [/^\d+ points fallen/gm, '<n> points fallen'],
  [/executed in:? [\d.]+s/g, 'executed in …'],
  // CPython: where a warning comes from, and the words of an import that fails.
  [/^\S*fallbacks\.py:\d+: /gm, ''],
  [/^ {2}warnings\.warn\(\n/gm, ''],
  [/module '(\w+)' has no attribute '(\w+)'/g, "Can't get attribute '$2' on <module '$1'>"],
  [/(Can't get attribute '\w+' on <module '\w+') from '[^']+'>/g, '$1>'],
];

/** The lines of an output that can be compared, without the library's own frames in tracebacks. */
export function maskedScoop(output: string): string[] {
  let text = output;
  for (const [pattern, mask] of MASKS) text = text.replace(pattern, mask);
  return masked(ownFrames(text), []);
}

/** The recorded library lay in the program's folder. */
function ownFrames(text: string): string {
  const file = /File "<dir>\/(__main__|futures|_control|_types|scoopzmq|fallbacks)\.py"/g;
  return text.replace(file, 'File "<site>/scoop/$1.py"');
}
