// Colours of code in four words: keyword, string, comment, the rest. Enough for the page before
// Monaco is there and for code inside lessons, and the same four that Monaco's theme uses.

/** A piece of a line. */
export interface Token {
  type: 'keyword' | 'string' | 'comment' | 'plain';
  text: string;
}

interface Grammar {
  keywords: ReadonlySet<string>;
  /** Comment, string, word: a group each. */
  piece: RegExp;
}

/** Those of CPython 3.14 that are keywords everywhere. */
export const PYTHON_KEYWORDS = (
  'False None True and as assert async await break class continue def del elif else except ' +
  'finally for from global if import in is lambda nonlocal not or pass raise return try while ' +
  'with yield'
).split(' ');

const TYPESCRIPT: Grammar = {
  keywords: new Set(
    (
      'as async await break case catch class const continue default delete do else export extends ' +
      'false finally for from function if import in instanceof interface let new null of return ' +
      'static super switch this throw true try type typeof undefined var void while yield number ' +
      'string boolean'
    ).split(' '),
  ),
  piece:
    /(\/\/.*|\/\*[\s\S]*?\*\/)|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|([A-Za-z_$][\w$]*)/g,
};

const PYTHON: Grammar = {
  keywords: new Set(PYTHON_KEYWORDS),
  piece:
    /(#.*)|((?:\b[bfrtu]{1,2})?(?:'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))|([a-z_]\w*)/gi,
};

/** What the page calls languages, and what lessons call them behind ```. */
const GRAMMARS: ReadonlyMap<string, Grammar> = new Map([
  ['py', PYTHON],
  ['python', PYTHON],
]);

/** Cuts code into pieces; their texts joined are the code. */
export function tokensOf(code: string, language = 'ts'): Token[] {
  const { keywords, piece } = GRAMMARS.get(language) ?? TYPESCRIPT;
  const tokens: Token[] = [];
  let end = 0;
  const push = (type: Token['type'], text: string): void => {
    if (text === '') return;
    const last = tokens.at(-1);
    if (last?.type === type) last.text += text;
    else tokens.push({ type, text });
  };
  for (const match of code.matchAll(piece)) {
    const [text, comment, string] = match;
    push('plain', code.slice(end, match.index));
    push(comment ? 'comment' : string ? 'string' : keywords.has(text) ? 'keyword' : 'plain', text);
    end = match.index + text.length;
  }
  push('plain', code.slice(end));
  return tokens;
}

/**
 * The pieces of each line.
 *
 * @param language of the code; undefined for text without colours
 */
export function linesOf(code: string, language: string | undefined): Token[][] {
  const tokens: Token[] = language ? tokensOf(code, language) : [{ type: 'plain', text: code }];
  const lines: Token[][] = [[]];
  for (const { type, text } of tokens) {
    text.split('\n').forEach((part, index) => {
      if (index > 0) lines.push([]);
      if (part !== '') lines.at(-1)!.push({ type, text: part });
    });
  }
  return lines;
}

/** The same as HTML, for text that is made while building. Escapes. */
export function highlight(code: string, language: string): string {
  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (language === 'text') return escape(code);
  return tokensOf(code, language)
    .map(({ type, text }) =>
      type === 'plain' ? escape(text) : `<span class="token-${type}">${escape(text)}</span>`,
    )
    .join('');
}
