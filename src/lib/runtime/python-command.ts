// What a node's `python` command says to run. The interpreter reads the words again, by the same rules
// (languages/python/runtime/command.py); here they are checked before anything starts.

/** Options that change nothing on a simulated node. */
const IDLE_OPTIONS = /^-[uBqs]+$/;
const MODULE = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/**
 * What is wrong with a command such as `python -u server.py 8000`, or null.
 *
 * @param argv its words, `python` included
 * @param files paths of the experiment's Python files
 */
export function pythonProblem(argv: readonly string[], files: readonly string[]): string | null {
  let at = 1;
  while (IDLE_OPTIONS.test(argv[at] ?? '')) at++;
  const [word, target] = argv.slice(at);
  if (word === undefined) return 'a script is missing: write python server.py';
  if (word === '-c') return target ? null : 'a program is missing: write python -c "print(1)"';
  if (word === '-m') return moduleProblem(target);
  if (word.startsWith('-')) {
    return `python option is not part of this build: ${word} (options: -c -m -u -B -q -s; write python server.py)`;
  }
  if (files.includes(word)) return null;
  return `no such file: ${word} (Python files: ${files.join(', ') || 'none'})`;
}

/** Whether it exists is seen when it runs: the library's modules are known to the interpreter only. */
function moduleProblem(name: string | undefined): string | null {
  if (name === undefined) return 'a module is missing: write python -m http.server 8000';
  const isFile = name.endsWith('.py');
  if (MODULE.test(name) && !isFile) return null;
  const remedy = isFile ? ` (write python -m ${name.slice(0, -3)})` : '';
  return `no name of a module: ${name}${remedy}`;
}
