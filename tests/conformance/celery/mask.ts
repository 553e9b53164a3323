// What may differ between a recording of Celery on Linux and a run here, beside what may differ for
// every library: ids, process numbers, durations, the machine, and what its Debian packages add.

import { masked } from '../real-packages/mask.ts';

const MASKS: readonly (readonly [RegExp, string])[] = [
  // The recordings were made by root.
  [/^.*SecurityWarning: You're running(.*\n)*? {2}warnings.warn\(SecurityWarning\(.*\n/gm, ''],
  // Debian pairs Celery 5.2.6 with billiard 4.1, which quotes what upstream prints itself.
  [/^billiard\.einfo\.ExceptionWithTraceback: ?\n"""\n(?:.*\n)*?(\S.*)\n"""$/gm, '$1'],
  [/(raised (?:unexpected|expected): ).*/g, '$1…'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>'],
  [/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?/g, '<when>'],
  [/^\d+:([CM]) \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d+/gm, '<pid>:$1 <when>'],
  [/^\d+:signal-handler \(\d+\)/gm, '<pid>:signal-handler (<when>)'],
  // What a kernel is set to.
  [/^<pid>:M <when> # WARNING Memory overcommit.*\n/gm, ''],
  // The order of KEYS comes from a seed that Redis draws when it starts.
  [/\[b'celery', (b'_kombu\.binding\.celery')\]/g, "[$1, b'celery']"],
  // A time of day, as Redis holds it.
  [/\b1[78]\d{8}\.\d+/g, '<when>'],
  [/(pid['"]?[:=] ?)\d+/g, '$1<pid>'],
  [/\bgen\d+@/g, 'gen<pid>@'],
  [/(succeeded in )[\d.e-]+s/g, '$1<seconds>s'],
  [/(took \d+)\.\ds/g, '$1s'],
  [/'(\d+)\ds'/g, "'$1…s'"],
  [/\bLinux-\S+/g, '<platform>'],
  // Where the library lies, and its frames in a text within a text.
  [/File "\/lightcone\//g, 'File "<site>/'],
  [/<site>\/celery\/(?=\S+: \w*Warning)/g, 'celery/'],
  [/\\\\n {2}File \\{1,2}"<site>[^"]*".*?(?=\\\\n {2}File )/g, ''],
  [/\\"<dir>\//g, '\\"'],
  // The script `celery`, which each way to install it words otherwise.
  [/^ {2}File "celery", line \d+, in <module>\n.*\n/gm, ''],
  // A warning of Python 3.12 and later.
  [/^client\.py:\d+: DeprecationWarning: datetime\.datetime\.utcnow.*\n.*\n/gm, ''],
  // What free processes of a pool is given a task is open.
  [/ForkPoolWorker-\d+/g, 'ForkPoolWorker-<n>'],
];

/** The lines of an output that can be compared; `nodes` bear the name of the recordings' machine here. */
export function maskedCelery(output: string, nodes: string[]): string[] {
  let text = output;
  for (const [pattern, mask] of MASKS) text = text.replace(pattern, mask);
  return masked(text.replaceAll(new RegExp(`@(${nodes.join('|')})\\b`, 'g'), '@vm'), []);
}
