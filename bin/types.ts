// The types of a lesson's programs, as the editor sees them: what it would underline is wrong. One compiler for all
// states of all lessons, as most of its time goes into its own libraries.

import { readFile, glob } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { TYPE_CODES_IGNORED, TYPE_GLOBALS, TYPE_OPTIONS } from '#lib/experiment/program-types.ts';
import { readFiles } from '#lib/lessons/folder.ts';
import type { Diagnostic } from '#lib/protocol/errors.ts';

const LIBRARIES = 'src/lib/{node/node,models/*/*}.d.ts';
const ROOT = '/lessons/';
/** A state of a lesson's programs: at the start, solved, on the way. */
const STATE = /^(?:(?:solution|variants\/[^/]+)\/)?ts\//;

export interface TypeProblem {
  slug: string;
  diagnostic: Diagnostic;
  /** It is wrong in the solution too; a start or a variant may be wrong on purpose. */
  isSolved: boolean;
}

/** What is wrong with the types, with file and line. A file that a state does not change is that of the start. */
export async function typeProblems(
  lessons: readonly { slug: string; folder: string }[],
): Promise<TypeProblem[]> {
  const texts = new Map([[`${ROOT}globals.d.ts`, TYPE_GLOBALS]]);
  for await (const file of glob(LIBRARIES)) {
    texts.set(`${ROOT}${path.basename(file)}`, await readFile(file, 'utf8'));
  }
  for (const { slug, folder } of lessons) {
    for (const [name, text] of Object.entries(await readFiles(path.join(folder, slug)))) {
      if (STATE.test(name) && name.endsWith('.ts')) texts.set(`${ROOT}${slug}/${name}`, text);
    }
  }
  const program = ts.createProgram({
    rootNames: [...texts.keys()],
    options: { ...TYPE_OPTIONS, lib: TYPE_OPTIONS.lib.map((one) => `lib.${one}.d.ts`), types: [] },
    host: hostOf(texts),
  });
  return [...texts.keys()]
    .filter((name) => !name.endsWith('.d.ts'))
    .flatMap((name) => {
      const source = program.getSourceFile(name)!;
      return [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
    })
    .filter(({ code }) => !TYPE_CODES_IGNORED.includes(code))
    .map((found): TypeProblem => {
      const diagnostic = diagnosticOf(found);
      const [slug = '', ...rest] = diagnostic.file.split('/');
      const isReplaced = texts.has(`${ROOT}${slug}/solution/${rest.join('/')}`);
      return {
        slug,
        diagnostic,
        isSolved: rest[0] === 'solution' || (rest[0] === 'ts' && !isReplaced),
      };
    });
}

function hostOf(texts: ReadonlyMap<string, string>): ts.CompilerHost {
  const plain = ts.createCompilerHost({});
  /** Where a state lacks a file, that of the start. */
  const textAt = (name: string): string | undefined =>
    texts.get(name) ??
    texts.get(name.replace(/^(\/lessons\/[^/]+\/)(?:solution|variants\/[^/]+)\//, '$1'));
  return {
    ...plain,
    fileExists: (name) => textAt(name) !== undefined || plain.fileExists(name),
    readFile: (name) => textAt(name) ?? plain.readFile(name),
    directoryExists: () => true,
    getCurrentDirectory: () => ROOT,
    getSourceFile(name, options) {
      const text = textAt(name) ?? plain.readFile(name);
      return text === undefined ? undefined : ts.createSourceFile(name, text, options);
    },
  };
}

function diagnosticOf({ file, start = 0, messageText, code }: ts.Diagnostic): Diagnostic {
  const { line, character } = ts.getLineAndCharacterOfPosition(file!, start);
  const message = `${ts.flattenDiagnosticMessageText(messageText, ' ')} (TS${code})`;
  const name = file!.fileName.slice(ROOT.length);
  return { file: name, line: line + 1, column: character + 1, code: 'types', message };
}
