// Reads a JSON file of an experiment against a schema, and turns whatever is wrong with it into
// messages that name file, line, place and remedy.

import { findNodeAtLocation, parseTree, printParseErrorCode, getNodeValue } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { z } from 'zod';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';

/** An object that knows no other keys than these, and says so. */
export function closedObject<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown key: ${issue.keys.join(', ')} (keys: ${Object.keys(shape).join(', ')})`
        : undefined,
  });
}

/** A JSON text with the means to say where in it something is wrong. */
export class JsonFile {
  readonly name: string;
  readonly #text: string;
  readonly #tree: Node | undefined;

  /** @throws InputError when the text is not JSON */
  constructor(name: string, text: string) {
    this.name = name;
    this.#text = text;
    const errors: ParseError[] = [];
    this.#tree = parseTree(text, errors, { disallowComments: true });
    const first = errors[0];
    if (first || !this.#tree) {
      const reason = first ? spaced(printParseErrorCode(first.error)) : 'empty file';
      throw new InputError([this.#at(first?.offset ?? 0, 'json', `not JSON: ${reason}`)]);
    }
  }

  /**
   * The content, checked.
   *
   * @throws InputError with one diagnostic for each thing that is wrong
   */
  parse<T extends z.ZodType>(schema: T): z.output<T> {
    const result = schema.safeParse(getNodeValue(this.#tree!));
    if (result.success) return result.data;
    throw new InputError(
      result.error.issues.map((issue) => this.problem(issue.path, sentence(issue))),
    );
  }

  /** A diagnostic at a place such as `['nodes', 'w1', 'run']`. */
  problem(path: readonly PropertyKey[], message: string): Diagnostic {
    let node: Node | undefined;
    for (let length = path.length; length >= 0 && !node; length--) {
      node = findNodeAtLocation(this.#tree!, path.slice(0, length) as (string | number)[]);
    }
    const place = placeOf(path);
    return this.#at(node?.offset ?? 0, 'schema', place ? `${place}: ${message}` : message);
  }

  #at(offset: number, code: string, message: string): Diagnostic {
    const before = this.#text.slice(0, offset);
    const line = before.split('\n').length;
    return { file: this.name, line, column: offset - before.lastIndexOf('\n'), code, message };
  }
}

/** `nodes.w1.run`; `[2].cut` where the file is a list. */
function placeOf([first, ...rest]: readonly PropertyKey[]): string {
  if (first === undefined) return '';
  return [typeof first === 'number' ? `[${first}]` : String(first), ...rest.map(String)].join('.');
}

function spaced(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** zod's issue in our words. */
function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    default:
      return issue.message;
  }
}
