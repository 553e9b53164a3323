// A lesson's text: Markdown, cut into steps at each `##`, with leaf directives on lines of their own
// (`::predict{id=who}`) that become components between the pieces of HTML. Made once, while the
// page is prerendered; no Markdown reaches the browser.

import { Marked } from 'marked';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { termId, termOf } from './terms.ts';

/** Directive -> the attributes it must have. */
const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  /** The chips of a prediction. */
  predict: ['id'],
  /** What became of a prediction. */
  verdict: ['id'],
  /** A question about what was seen. */
  quiz: ['id'],
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

/**
 * Reads a lesson's text.
 *
 * @param file its name, for messages
 * @throws InputError for a heading without id, an unknown directive, a missing attribute, a step
 *   that is too long
 */
export function readLessonText(file: string, text: string, highlight: Highlight): LessonStep[] {
  const marked = new Marked({
    renderer: {
      code: ({ text: code, lang }) =>
        `<pre class="code"><code>${highlight(code, lang ?? 'text')}</code></pre>`,
      link({ href, tokens }) {
        const term = termOf(href);
        // An ordinary link is left to the library.
        if (term === undefined) return false;
        steps.at(-1)?.terms.push(term);
        const word = this.parser.parseInline(tokens);
        return `<button type="button" class="term" popovertarget="${termId(term)}">${word}</button>`;
      },
    },
  });
  const problems: Diagnostic[] = [];
  const steps: LessonStep[] = [];
  let prose: string[] = [];
  let wordCount = 0;
  const endProse = (): void => {
    const source = prose.join('\n').trim();
    prose = [];
    if (source === '') return;
    wordCount += countWords(source);
    steps.at(-1)?.parts.push({ type: 'html', html: marked.parse(source, { async: false }) });
  };
  let startLine = 0;
  const endStep = (): void => {
    endProse();
    if (wordCount > WORDS_MAX) {
      problems.push(
        problem(file, startLine, `this step has ${wordCount} words: at most ${WORDS_MAX}`),
      );
    }
    wordCount = 0;
  };
  for (const [index, line] of text.split('\n').entries()) {
    const heading = /^## +(.+?)\s*\{#([a-z][a-z0-9-]*)\}\s*$/.exec(line);
    const directive = /^::([a-z-]+)(?:\{(.*)\})?\s*$/.exec(line);
    if (heading) {
      endStep();
      startLine = index + 1;
      steps.push({ id: heading[2]!, title: heading[1]!, parts: [], terms: [] });
    } else if (/^##? /.test(line)) {
      problems.push(problem(file, index + 1, 'a step begins with "## Title {#id}"'));
    } else if (directive && steps.length > 0) {
      endProse();
      const name = directive[1]!;
      const attributes = attributesOf(directive[2] ?? '');
      const missing = DIRECTIVES[name]?.filter((key) => !(key in attributes));
      if (!missing) {
        const known = Object.keys(DIRECTIVES).join(', ');
        problems.push(
          problem(file, index + 1, `unknown directive: ${name} (directives: ${known})`),
        );
      } else if (missing.length > 0) {
        problems.push(problem(file, index + 1, `${name}: missing ${missing.join(', ')}`));
      }
      steps.at(-1)!.parts.push({ type: 'directive', name, attributes });
    } else {
      prose.push(line);
    }
  }
  endStep();
  if (steps.length === 0)
    problems.push(problem(file, 1, 'no step: a step begins with "## Title {#id}"'));
  if (problems.length > 0) throw new InputError(problems);
  return steps;
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

function problem(file: string, line: number, message: string): Diagnostic {
  return { file, line, column: 1, code: 'lesson', message };
}
