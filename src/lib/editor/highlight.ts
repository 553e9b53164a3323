// Colours of code in four words: keyword, string, comment, the rest. Enough for the page before
// Monaco is there and for code inside lessons, and the same four that Monaco's theme uses.

/** A piece of a line. */
export interface Token {
  type: 'keyword' | 'string' | 'comment' | 'plain';
  text: string;
}

const KEYWORDS =
  'as async await break case catch class const continue default delete do else export extends ' +
  'false finally for from function if import in instanceof interface let new null of return ' +
  'static super switch this throw true try type typeof undefined var void while yield number ' +
  'string boolean';
const WORD = new RegExp(`\\b(?:${KEYWORDS.replaceAll(' ', '|')})\\b`);
const PIECE =
  /(\/\/.*|\/\*[\s\S]*?\*\/)|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|([A-Za-z_$][\w$]*)/g;

/** Cuts code into pieces; their texts joined are the code. */
export function tokensOf(code: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const push = (type: Token['type'], text: string): void => {
    if (text === '') return;
    const last = tokens.at(-1);
    if (last?.type === type) last.text += text;
    else tokens.push({ type, text });
  };
  for (const match of code.matchAll(PIECE)) {
    const [text, comment, string] = match;
    push('plain', code.slice(end, match.index));
    const isKeyword = WORD.exec(text)?.[0] === text;
    push(comment ? 'comment' : string ? 'string' : isKeyword ? 'keyword' : 'plain', text);
    end = match.index + text.length;
  }
  push('plain', code.slice(end));
  return tokens;
}

/** The same as HTML, for text that is made while building. Escapes. */
export function highlight(code: string, language: string): string {
  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (language === 'text') return escape(code);
  return tokensOf(code)
    .map(({ type, text }) =>
      type === 'plain' ? escape(text) : `<span class="token-${type}">${escape(text)}</span>`,
    )
    .join('');
}
