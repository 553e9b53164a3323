// A lesson's text: Markdown, cut into steps at each `##`, with leaf directives on lines of their own
// (`::predict{id=who}`) that become components between the pieces of HTML. Made once, while the
// page is prerendered; no Markdown reaches the browser.

import { Marked } from 'marked';
import type { Diagnostic } from '#lib/protocol/errors.ts';
import { termId, termOf } from './terms.ts';

/** Directive -> the attributes it must have. */
const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  /** The chips of a prediction. */
  predict: ['id'],
  /** What became of a prediction. */
  verdict: ['id'],
  /** A question about what was seen. */
  quiz: ['id'],
  /** A claim, the scenarios that test it, and the verdict. */
  trial: ['id'],
  /** Hints, one at a time. */
  hint: ['id'],
  /** "Press Run", ticked off when a run has ended. */
  run: [],
  /** "Press Kill above this node", ticked off when it was done. */
  kill: ['node'],
  /** The same for Pause. */
  pause: ['node'],
  /** Tries a scenario: its faults, from the start. */
  scenario: ['id'],
  /** Points at the first such message of the run. */
  message: ['send', 'from'],
  /** Looks at the run with the eyes of a node. */
  'seen-from': ['node'],
  /** Brings a panel of the stage into view. */
  look: ['panel'],
  /** The change that the solution makes to a file, or with `to` that of a variant. */
  change: ['file'],
  /** The same change, folded away: the exercise is to find it. */
  solution: ['file'],
  /** What each line of the programs has asked over a protocol so far. */
  'round-trips': ['proto'],
  /** Tries every schedule of a CSP program. */
  schedules: [],
  /** Runs several programs under several faults, and says what comes of each. */
  table: ['id'],
  /** Tries a goal on many seeds. */
  check: ['goal'],
};

/** A step has at most so many words, or 1.6 times as many Chinese characters. */
const WORDS_MAX = 120;

export type LessonPart =
  | { type: 'html'; html: string }
  | { type: 'directive'; name: string; attributes: Readonly<Record<string, string>> };

export interface LessonStep {
  id: string;
  title: string;
  parts: LessonPart[];
  /** Words of the glossary that it explains. */
  terms: string[];
}

/** Code to HTML with classes; escapes what it is given. */
export type Highlight = (code: string, language: string) => string;

type Directive = Extract<LessonPart, { type: 'directive' }>;

/** A text as far as it can be read, with all that is wrong with it. */
export interface ReadText {
  steps: LessonStep[];
  problems: Diagnostic[];
  /** Directives that are known and complete, with their lines. */
  directives: { part: Directive; line: number }[];
  /** Links inside the site: whether they lead anywhere is for others to say. */
  links: { href: string; line: number }[];
  /** Words that it explains, as they stand in the glossary. */
  words: { word: string; line: number }[];
}

/**
 * Reads a lesson's text. Wrong are a heading without id, an unknown directive, a missing attribute, a step
 * that is too long, HTML. What comes out holds no HTML but our own.
 *
 * @param file its name, for messages
 */
export function readLessonText(file: string, text: string, highlight: Highlight): ReadText {
  return new TextReader(file, highlight).read(text);
}

class TextReader {
  readonly #file: string;
  readonly #marked: Marked;
  readonly #read: ReadText = { steps: [], problems: [], directives: [], links: [], words: [] };
  /** Lines of Markdown since the last directive or heading. */
  #prose: string[] = [];
  #proseLine = 0;
  #wordCount = 0;
  #stepLine = 0;

  constructor(file: string, highlight: Highlight) {
    this.#file = file;
    const toLink = (href: string): string | null => this.#linkTo(href);
    const toTerm = (term: string): void => this.#explain(term);
    const refuse = (html: string): string => this.#refuse(html);
    this.#marked = new Marked({
      renderer: {
        code: ({ text: code, lang }) =>
          `<pre class="code"><code>${highlight(code, lang ?? 'text')}</code></pre>`,
        html: ({ text: html }) => refuse(html),
        image: ({ raw }) => refuse(raw),
        link({ href, tokens }) {
          const words = this.parser.parseInline(tokens);
          const term = termOf(href);
          if (term === undefined) {
            const target = toLink(href);
            return target === null ? words : `<a href="${target}">${words}</a>`;
          }
          toTerm(term);
          return `<button type="button" class="term" popovertarget="${escaped(termId(term))}">${words}</button>`;
        },
      },
    });
  }

  read(text: string): ReadText {
    for (const [index, line] of text.split('\n').entries()) {
      const heading = /^## +(.+?)\s*\{#([a-z][a-z0-9-]*)\}\s*$/.exec(line);
      const directive = /^::([a-z-]+)(?:\{(.*)\})?\s*$/.exec(line);
      if (heading) {
        this.#endStep();
        this.#stepLine = index + 1;
        this.#read.steps.push({ id: heading[2]!, title: heading[1]!, parts: [], terms: [] });
      } else if (/^##? /.test(line)) {
        this.#say(index + 1, 'a step begins with "## Title {#id}"');
      } else if (directive && this.#read.steps.length > 0) {
        this.#endProse();
        this.#readDirective(directive[1]!, attributesOf(directive[2] ?? ''), index + 1);
      } else {
        if (this.#prose.length === 0) this.#proseLine = index + 1;
        // Blank lines in front would shift the others.
        if (this.#prose.length > 0 || line.trim() !== '') this.#prose.push(line);
      }
    }
    this.#endStep();
    if (this.#read.steps.length === 0) this.#say(1, 'no step: a step begins with "## Title {#id}"');
    return this.#read;
  }

  #say(line: number, message: string): void {
    this.#read.problems.push({ file: this.#file, line, column: 1, code: 'lesson', message });
  }

  #readDirective(name: string, attributes: Record<string, string>, line: number): void {
    // Every object has a `constructor`: it is no directive.
    const wanted = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
    const missing = wanted?.filter((key) => !Object.hasOwn(attributes, key));
    if (!missing) {
      const known = Object.keys(DIRECTIVES).join(', ');
      this.#say(line, `unknown directive: ${name} (directives: ${known})`);
    } else if (missing.length > 0) {
      this.#say(line, `${name}: missing ${missing.join(', ')}`);
    } else {
      const part: Directive = { type: 'directive', name, attributes };
      this.#read.directives.push({ part, line });
      this.#read.steps.at(-1)!.parts.push(part);
    }
  }

  #endProse(): void {
    const source = this.#prose.join('\n').trim();
    if (source !== '' && this.#read.steps.length === 0) {
      this.#say(this.#proseLine, 'nobody would see this: a step begins with "## Title {#id}"');
    } else if (source !== '') {
      this.#wordCount += countWords(source);
      const html = this.#marked.parse(source, { async: false });
      this.#read.steps.at(-1)!.parts.push({ type: 'html', html });
    }
    this.#prose = [];
  }

  #endStep(): void {
    this.#endProse();
    if (this.#wordCount > WORDS_MAX) {
      this.#say(this.#stepLine, `this step has ${this.#wordCount} words: at most ${WORDS_MAX}`);
    }
    this.#wordCount = 0;
  }

  /** The line of a piece of the Markdown that is being read. */
  #lineOf(piece: string): number {
    const start = piece.split('\n')[0]!;
    const index = this.#prose.findIndex((line) => line.includes(start));
    return this.#proseLine + Math.max(0, index);
  }

  #explain(word: string): void {
    this.#read.steps.at(-1)?.terms.push(word);
    this.#read.words.push({ word, line: this.#lineOf(`term:${word}`) });
  }

  /** An address that may be followed, for an attribute; null for one that may not. */
  #linkTo(href: string): string | null {
    const line = this.#lineOf(href);
    const isOutside = /^https?:\/\//i.test(href);
    if (!isOutside && /^[^/?#]*:/.test(href)) {
      this.#say(line, `a link leads to http, https or another lesson: ${href}`);
      return null;
    }
    if (!isOutside && !href.startsWith('#')) this.#read.links.push({ href, line });
    return escaped(href);
  }

  /** Whoever reads a lesson has not written it: nothing of a text may act on the page. */
  #refuse(piece: string): string {
    this.#say(
      this.#lineOf(piece),
      `no HTML and no images in a text: ${piece.trim().split('\n')[0]}`,
    );
    return escaped(piece);
  }
}

/** As text, also between the quotes of an attribute. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function attributesOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/([a-z-]+)=(?:"([^"]*)"|([^\s"]+))/g);
  return Object.fromEntries([...pairs].map(([, key, quoted, bare]) => [key!, quoted ?? bare!]));
}

function countWords(text: string): number {
  const chinese = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const words = text.replace(/\p{Script=Han}/gu, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return Math.round(words + chinese / 1.6);
}
