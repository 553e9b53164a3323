// Texts of Python literals, taken apart without being read: for previews of what travels as such. What
// is cut off in the middle is shown as far as it goes.

const OPENING = '([{';
const CLOSING = ')]}';

/** The texts between the commas of a tuple, list, set or dict; none of anything else. */
export function literalParts(text: string): string[] {
  if (text === '' || !OPENING.includes(text[0]!)) return [];
  const parts: string[] = [];
  let depth = 0;
  let from = 1;
  let at = 1;
  const cut = (): void => {
    const part = text.slice(from, at).trim();
    if (part !== '') parts.push(part);
    from = at + 1;
  };
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (character === "'" || character === '"') at = stringEnd(text, at);
    else if (OPENING.includes(character)) depth++;
    else if (CLOSING.includes(character) && --depth < 0) break;
    else if (character === ',' && depth === 0) cut();
  }
  cut();
  return parts;
}

/** The index of the quote that ends the string which begins at `start`. */
function stringEnd(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The text inside a plain string literal, or null: escapes stay as they are written. */
export function literalText(literal: string): string | null {
  const quote = literal[0];
  if ((quote !== "'" && quote !== '"') || !literal.endsWith(quote)) return null;
  return literal.slice(1, -1);
}

const JSON_WORDS: Readonly<Record<string, string>> = { null: 'None', true: 'True', false: 'False' };

/** JSON's text as the Python literal that serpent would have written. */
export function literalOfJson(text: string): string {
  return text.replace(
    /"((?:[^"\\]|\\.)*)"?|([,:]) |\b(?:null|true|false)\b/g,
    (found: string, inner: string | undefined, mark: string | undefined) => {
      if (inner !== undefined) return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
      return mark ?? JSON_WORDS[found]!;
    },
  );
}
