// What may differ between a recording of CPython 3.11 on Linux and a run here, without a difference in
// what the library did: addresses, chosen ports, times, places of files, and how a later CPython draws
// its tracebacks.

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/0x[0-9a-f]{6,}/g, '0x…'],
  // What the operating system chose, and how a thread of RPyC is named: after an object and a thread.
  [/\b(3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})\b/g, '<port>'],
  [/\bobj_[0-9a-f]{32}/g, 'obj_…'],
  [/builtins\.method-\d+-\d+/g, 'builtins.method-…'],
  [/\bfd \d+/g, 'fd …'],
  [/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /gm, '<when> '],
  // What later versions guess.
  [/\. Did you mean: '\w+'\?$/gm, ''],
  [/\(\d+\.\ds\)/g, '(…s)'],
  // What a machine resolves its own name to.
  [/\b10\.0\.0\.\d+/g, '127.0.0.1'],
  [/(<site>|\/lib\/python3\.14\/site-packages|\/lib\/python314\.zip)\//g, '<site>/'],
];

/** A frame in the library's own modules: a node shows none of its sources. */
const FRAME = /^( *)File "[^"]+", line/;
const LIBRARY_FRAME = /^ *File "(<frozen |<site>\/(\w*))/;
/** Whose frames count. */
const PACKAGES = ['rpyc', 'Pyro4', 'serpent', 'pycsp', 'plumbum'];
/** Where a program and PyCSP lay in the recordings, and where they lie here. */
const FOLDER = /File "(<dir>|<site>\/pycsp\/parallel|<site>\/pycsp\/common)\//;
/** `~~~^^^`, which each version of CPython puts elsewhere, also in a traceback that was printed again. */
const CARETS = /^[ |]*[~^]+$/;

/** The lines of an output that can be compared, with the frames of `packages` in tracebacks. */
export function masked(output: string, packages: readonly string[] = PACKAGES): string[] {
  let text = output;
  for (const [pattern, mask] of MASKS) text = text.replace(pattern, mask);
  const kept: string[] = [];
  /** Indentation of the frame that is being read, -1 outside of one; how many of its lines count. */
  let frameIndent = -1;
  let room = 0;
  for (const line of text.trimEnd().split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (indent <= frameIndent) frameIndent = -1;
    const frame = FRAME.exec(line);
    if (frame) {
      frameIndent = frame[1]!.length;
      // Of a statement in several lines only the first: later versions of CPython show more.
      const library = LIBRARY_FRAME.exec(line);
      room = library && !packages.includes(library[2] ?? '') ? 0 : 2;
    }
    if (CARETS.test(line) || (frameIndent >= 0 && room-- <= 0)) continue;
    kept.push(line.trimEnd().replace(FOLDER, 'File "'));
  }
  return kept;
}
