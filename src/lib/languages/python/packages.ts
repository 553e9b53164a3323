// Installed packages lie where CPython on Linux has them, in the interpreter's own file tree: its
// stock importer, pkgutil, importlib.metadata and importlib.resources find them as on any machine.

import { bytesOf, isPackageFile, PACKAGES_FOLDER } from '#lib/protocol/package-files.ts';
import type { Interpreter } from './interpreter.ts';

/** The last entry of `sys.path`. */
const SITE = '/lib/python3.14/site-packages/';

/**
 * Installs the packages among the files of an experiment.
 *
 * @returns the other files: the learner's
 */
export function installPackages(
  { FS }: Interpreter,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [path, text] of Object.entries(files)) {
    if (!isPackageFile(path)) {
      own[path] = text;
      continue;
    }
    const place = SITE + path.slice(PACKAGES_FOLDER.length);
    FS.mkdirTree(place.slice(0, place.lastIndexOf('/')));
    FS.writeFile(place, bytesOf(text));
  }
  return own;
}
