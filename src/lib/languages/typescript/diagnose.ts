// A learner's mistakes in syntax, as diagnostics in our words.

import { types as t, type types } from '@babel/core';
import type { Diagnostic } from '#lib/protocol/errors.ts';
import type { Report } from './scope.ts';

interface ParseError extends Error {
  code?: string;
  reasonCode?: string;
  loc?: { line: number; column: number };
}

/** Babel's sentence without place, code frame and advice on Babel's own settings. */
function reasonOf(message: string, file: string): string {
  let reason = message.split('\n', 1)[0]!;
  const prefix = `${file}: `;
  const at = reason.indexOf(prefix);
  if (at >= 0) reason = reason.slice(at + prefix.length);
  reason = reason.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '');
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

/** What Babel threw or recovered from, as a diagnostic. */
export function diagnosticOfParseError(file: string, error: unknown): Diagnostic {
  const { message, loc } = error as ParseError;
  const place = /\((\d+):(\d+)\)/.exec(message);
  return {
    file,
    line: loc?.line ?? Number(place?.[1] ?? 0),
    column: loc ? loc.column + 1 : place ? Number(place[2]) + 1 : 0,
    code: 'syntax',
    message: reasonOf(message, file),
  };
}

/** Syntax that parses but has no meaning in a simulated process. */
export function checkSyntax(tree: types.File, report: Report): void {
  t.traverseFast(tree, (node) => {
    const problem = problemOf(node);
    if (problem !== undefined) report(node, ...problem);
  });
}

type Problem = [code: string, message: string];

function problemOf(node: t.Node): Problem | undefined {
  switch (node.type) {
    case 'Decorator':
      return ['decorator', 'decorators are not supported: call the function that wraps instead'];
    case 'Import':
    case 'ImportExpression':
      return [
        'dynamic-import',
        'import() is not supported: use import … from at the top of the file',
      ];
    case 'MetaProperty':
      return node.meta.name === 'import'
        ? ['import-meta', 'import.meta is not available here']
        : undefined;
    case 'TSImportEqualsDeclaration':
      return t.isTSExternalModuleReference(node.moduleReference)
        ? ['import-equals', 'import x = require() is not supported: use import … from']
        : undefined;
    case 'TSExportAssignment':
      return ['export-equals', 'export = is not supported: use export default'];
    case 'VariableDeclaration':
      return node.kind === 'using' || node.kind === 'await using'
        ? ['using', 'using is not supported: use try … finally']
        : undefined;
    case 'ClassAccessorProperty':
      return ['accessor', 'accessor is not supported: write get and set'];
    default:
      return undefined;
  }
}
