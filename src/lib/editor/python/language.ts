// Python as Monaco's editor knows it: its colours, how Return indents, what closes by itself. Monaco
// brings a grammar for Python 2 and 3 at once, which takes `print` for a keyword and loses its way in
// prefixed and triple-quoted strings; this one says the same four words as ../highlight.ts.

import * as monaco from 'monaco-editor/editor/editor.api.js';
import { PYTHON_KEYWORDS } from '../highlight.ts';

const grammar: monaco.languages.IMonarchLanguage = {
  // Names may be written in any script.
  unicode: true,
  keywords: PYTHON_KEYWORDS,
  brackets: [
    { open: '(', close: ')', token: 'delimiter' },
    { open: '[', close: ']', token: 'delimiter' },
    { open: '{', close: '}', token: 'delimiter' },
  ],
  tokenizer: {
    root: [
      [/#.*/, 'comment'],
      [/[bfrtuBFRTU]{0,2}('''|""")/, { token: 'string', next: '@long.$1' }],
      [/[bfrtuBFRTU]{0,2}(?:'(?:[^'\\]|\\.)*(?:'|\\?$)|"(?:[^"\\]|\\.)*(?:"|\\?$))/, 'string'],
      // Keywords in one place only, and names everywhere else.
      [/^\s*(?:match|case)\b(?=.*:\s*(?:#.*)?$)/, 'keyword'],
      [/[\p{L}_][\p{L}\p{N}_]*/u, { cases: { '@keywords': 'keyword', '@default': 'identifier' } }],
      [/\d[\w.]*/, 'number'],
      [/[()[\]{}]/, '@brackets'],
    ],
    long: [
      [/[^\\'"]+|\\./, 'string'],
      [
        /'''|"""/,
        { cases: { '$0==$S2': { token: 'string', next: '@pop' }, '@default': 'string' } },
      ],
      [/['"\\]/, 'string'],
    ],
  },
};

const BEGINS_BLOCK =
  /^\s*(?:async|case|class|def|elif|else|except|finally|for|if|match|try|while|with)\b.*:\s*(?:#.*)?$/;

const PAIRS = ['()', '[]', '{}'].map(([open, close]) => ({ open: open!, close: close! }));
const QUOTES = ['"', "'"].map((quote) => ({ open: quote, close: quote }));
const outsideStrings = { notIn: ['string', 'comment'] };

const configuration: monaco.languages.LanguageConfiguration = {
  comments: { lineComment: '#' },
  brackets: PAIRS.map(({ open, close }) => [open, close]),
  surroundingPairs: [...PAIRS, ...QUOTES],
  autoClosingPairs: [
    ...PAIRS.map((pair) => ({ ...pair, notIn: ['string'] })),
    ...QUOTES.map((pair) => ({ ...pair, ...outsideStrings })),
    // After a letter a quote closes nothing by itself: these letters belong to it.
    ...['b', 'f', 'r', 't'].flatMap((prefix) =>
      QUOTES.map(({ open, close }) => ({ open: prefix + open, close, ...outsideStrings })),
    ),
    { open: '"""', close: '"""', ...outsideStrings },
  ],
  indentationRules: {
    increaseIndentPattern: BEGINS_BLOCK,
    // Typed deeper than the margin only: a line that is out as far as it goes stays there.
    decreaseIndentPattern: /^\s+(?:else|finally|(?:elif|except)\b.*)\s*:$/,
  },
  onEnterRules: [
    {
      beforeText: /^\s*(?:return|raise|pass|break|continue)\b[^([{]*$/,
      action: { indentAction: monaco.languages.IndentAction.Outdent },
    },
  ],
};

/** Makes Monaco know Python. Call once. */
export function registerPython(): void {
  monaco.languages.register({ id: 'python', extensions: ['.py'] });
  monaco.languages.setMonarchTokensProvider('python', grammar);
  monaco.languages.setLanguageConfiguration('python', configuration);
}
