// What somebody is writing, from the text before the cursor: an import, a member, an argument.

import { blanked, split, statementsOf, type Link } from './outline.ts';

export type Context =
  /** In a string or a comment: nothing is offered. */
  | { type: 'text' }
  /** `import |` */
  | { type: 'module'; prefix: string }
  /** `from module import |` */
  | { type: 'import'; module: string }
  /** `chain.|` */
  | { type: 'member'; chain: Link[] }
  /** A member of something that cannot be known: `f()[0].|` */
  | { type: 'unknown' }
  /** A name by itself. */
  | { type: 'name'; isFirst: boolean };

/** What can be completed behind this text. */
export function contextOf(before: string): Context {
  const code = blanked(before);
  if (isText(before, code)) return { type: 'text' };
  const last = /\n\s*$/.test(code) ? '' : (statementsOf(code).at(-1)?.text ?? '');
  const text = code.endsWith(' ') ? `${last} ` : last;
  const module = /^(?:import\s+(?:.*,\s*)?|from\s+)([\w.]*)$/s.exec(text);
  if (module) return { type: 'module', prefix: module[1]! };
  const names = /^from\s+([\w.]+)\s+import\b(?!.*\bas\s+\w*$)/s.exec(text);
  if (names) return { type: 'import', module: names[1]! };
  const member = /^(.*)\.\s*[\p{L}_\p{N}]*$/su.exec(text);
  if (!member) return { type: 'name', isFirst: /^[\p{L}_\p{N}]*$/u.test(text) };
  const chain = chainBefore(member[1]!);
  return chain ? { type: 'member', chain } : { type: 'unknown' };
}

/** The chain whose last name the text ends with: to explain it. */
export function chainAtEnd(before: string): Link[] | null {
  const code = blanked(before);
  return isText(before, code) ? null : chainBefore(code);
}

export interface Call {
  chain: Link[];
  /** Arguments before the one that is written. */
  position: number;
  /** The argument's name, where it is given by name. */
  keyword: string | null;
}

/** The call whose argument is being written, or null. */
export function callOf(before: string): Call | null {
  const code = blanked(before);
  const text = statementsOf(code).at(-1)?.text ?? '';
  if (/^(?:async\s+)?(?:def|class)\s/.test(text)) return null;
  let depth = 0;
  // Arguments end where a list or a group begins that is still open.
  let end = text.length;
  for (let at = text.length - 1; at >= 0; at--) {
    const char = text[at]!;
    if (')]}'.includes(char)) depth++;
    else if ('([{'.includes(char) && depth > 0) depth--;
    else if ('([{'.includes(char)) {
      const chain = char === '(' ? chainBefore(text.slice(0, at)) : null;
      if (chain) return { chain, ...argumentOf(text.slice(at + 1, end)) };
      end = at;
    }
  }
  return null;
}

function argumentOf(written: string): Omit<Call, 'chain'> {
  const given = split(`${written} `);
  // Behind a comma the next argument has begun.
  const isNext = given.length === 0 || /,\s*$/.test(written);
  const keyword = isNext ? null : /^(\w+)\s*=(?!=)/.exec(given.at(-1)!)?.[1];
  return { position: isNext ? given.length : given.length - 1, keyword: keyword ?? null };
}

/** Whole strings are blanked: what is left of quotes belongs to one that is open. */
function isText(before: string, code: string): boolean {
  const start = before.lastIndexOf('\n') + 1;
  const line = code.slice(start);
  const hash = before.indexOf('#', start);
  const isComment = hash >= 0 && /^ *$/.test(code.slice(hash));
  const quotes = line.replace(/[^"']/g, '').length;
  return isComment || quotes % 2 === 1 || /"""|'''/.test(code);
}

/** `x = a.b(1).c` ends with the chain a, b(), c. */
function chainBefore(text: string): Link[] | null {
  const links: Link[] = [];
  let rest = text.trimEnd();
  for (;;) {
    const isCalled = rest.endsWith(')');
    if (isCalled) {
      const at = openingOf(rest);
      if (at < 0) return null;
      rest = rest.slice(0, at).trimEnd();
    }
    const name = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(rest)?.[0];
    if (name === undefined) return null;
    links.unshift({ name, isCalled });
    rest = rest.slice(0, -name.length).trimEnd();
    if (!rest.endsWith('.')) return links;
    rest = rest.slice(0, -1).trimEnd();
  }
}

/** Position of the bracket that the last one closes. */
function openingOf(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (')]}'.includes(text[at]!)) depth++;
    else if ('([{'.includes(text[at]!) && --depth === 0) return at;
  }
  return -1;
}
