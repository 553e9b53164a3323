import { expect, test } from 'vitest';
import { highlight, linesOf, tokensOf } from './highlight.ts';

test('the pieces joined are the code', () => {
  const code = "const a = 'it\\'s'; // new\n/* if */ `x${1}` importance\n";
  expect(
    tokensOf(code)
      .map(({ text }) => text)
      .join(''),
  ).toBe(code);
});

test('keywords, strings and comments are told apart', () => {
  expect(tokensOf("await x('new') // let")).toEqual([
    { type: 'keyword', text: 'await' },
    { type: 'plain', text: ' x(' },
    { type: 'string', text: "'new'" },
    { type: 'plain', text: ') ' },
    { type: 'comment', text: '// let' },
  ]);
});

test('Python has its own keywords, strings and comments', () => {
  const code = "from x import f  # it's\nprint(f\"a {1}\", '''two\nlines''', new)\n";
  const tokens = tokensOf(code, 'python');
  expect(tokens.map(({ text }) => text).join('')).toBe(code);
  const of = (type: string) => tokens.filter((one) => one.type === type).map(({ text }) => text);
  expect(of('keyword')).toEqual(['from', 'import']);
  expect(of('string')).toEqual(['f"a {1}"', "'''two\nlines'''"]);
  expect(of('comment')).toEqual(["# it's"]);
});

test('code cannot become markup', () => {
  expect(highlight('a < b && "<img>"', 'ts')).toBe(
    'a &lt; b &amp;&amp; <span class="token-string">"&lt;img&gt;"</span>',
  );
});

test('a piece of several lines is cut at their ends, and an empty line is one', () => {
  expect(linesOf("x = '''a\n\nb'''\n", 'py')).toEqual([
    [
      { type: 'plain', text: 'x = ' },
      { type: 'string', text: "'''a" },
    ],
    [],
    [{ type: 'string', text: "b'''" }],
    [],
  ]);
});
