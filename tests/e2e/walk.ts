// Walks through a lesson as a student does, by role and name: reads each step, answers what is asked, does
// what the text says, and fails where the page does not do its part. What there is to do stands in the
// lesson, so that a new one is walked without a line here.

import { readdirSync, readFileSync } from 'node:fs';
import type { FrameLocator, Locator, Page } from '@playwright/test';
import type { Language } from '#lib/lessons/languages.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import type { LessonPart, LessonStep } from '#lib/lessons/markdown.ts';
import { expect } from './site.ts';

export type Locale = 'en' | 'zh';
type Directive = Extract<LessonPart, { type: 'directive' }>;
type Words = Readonly<Record<string, string>>;

/** For what the machine decides, such as a run of several interpreters on a busy one. */
const PATIENCE_MS = 120_000;

const words: Record<Locale, Words> = { en: wordsOf('en'), zh: wordsOf('zh') };

function wordsOf(locale: Locale): Words {
  const folder = `messages/${locale}`;
  const files = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  return Object.assign({}, ...files.map((text) => JSON.parse(text) as Words)) as Words;
}

export interface WalkOptions {
  page: Page;
  locale: Locale;
  lesson: Lesson;
  language: Language;
  /** Where the lesson is, when it is not the page itself. */
  frame?: FrameLocator;
  /** Which choice of a prediction is made: the one that comes true, or another. */
  isRight: boolean;
  /** Called when all that a step asks for was done. */
  onstep?: (index: number) => Promise<void>;
}

export class Walk {
  readonly #page: Page;
  readonly #root: Page | FrameLocator;
  readonly #locale: Locale;
  readonly #lesson: Lesson;
  readonly #isRight: boolean;
  readonly #onstep: WalkOptions['onstep'];
  readonly main: Locator;
  /** The programs as the learner has them by now. */
  #files: Record<string, string>;
  /** Solutions that the text has offered and that have not been looked at. */
  #solutions: { section: Locator; file: string }[] = [];

  constructor({ page, locale, lesson, frame, isRight, onstep }: WalkOptions) {
    this.#page = page;
    this.#root = frame ?? page;
    this.#locale = locale;
    this.#lesson = lesson;
    this.#isRight = isRight;
    this.#onstep = onstep;
    this.#files = { ...lesson.files };
    this.main = this.#root.locator('main');
  }

  /** From the first sentence to the end of the last step. */
  async all(): Promise<void> {
    const steps = this.#lesson.text[this.#locale];
    for (const [index, step] of steps.entries()) {
      if (index > 0) {
        await this.read();
        await this.button('continue').click();
      }
      await this.standsAt(index);
      await this.#walk(step);
      await this.#onstep?.(index);
    }
  }

  /** The text is in view, and shows this step. */
  async standsAt(index: number): Promise<void> {
    const steps = this.#lesson.text[this.#locale];
    await this.read();
    const count = this.say('step_of', { index: index + 1, count: steps.length });
    await expect(this.#root.getByText(count, { exact: true })).toBeVisible();
    const section = this.section(steps[index]!);
    await expect(section.getByRole('heading', { name: steps[index]!.title })).toBeVisible();
  }

  /** The interface's words. */
  say(key: string, params: Readonly<Record<string, string | number>> = {}): string {
    const text = words[this.#locale][key];
    if (text === undefined) throw new Error(`no such message: ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
  }

  /** The same, whatever stands in its gaps. */
  #pattern(key: string): RegExp {
    const parts = this.say(key, {}).split('undefined');
    return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join('.+')}$`);
  }

  button(key: string, params: Readonly<Record<string, string | number>> = {}): Locator {
    return this.#root.getByRole('button', { name: this.say(key, params), exact: true });
  }

  section({ title }: LessonStep): Locator {
    return this.#root.getByRole('region', { name: title, exact: true });
  }

  /** Where panes have tabs, to the text. */
  async read(): Promise<void> {
    const tab = this.#root.getByRole('tab', { name: this.say('pane_learn'), exact: true });
    if (await tab.isVisible()) return tab.click();
    const opener = this.#root.getByRole('button', { name: this.say('open_lesson'), exact: true });
    if (await opener.isVisible()) await opener.click();
  }

  async #walk(step: LessonStep): Promise<void> {
    const section = this.section(step);
    const directives = step.parts.filter((part) => part.type === 'directive');
    await this.#readWords(section, step);
    for (const [index, directive] of directives.entries()) {
      await this.read();
      const before = directives.slice(0, index).filter(({ name }) => name === directive.name);
      await this.#follow(directive, section, before.length, directives.slice(index + 1));
    }
    await this.read();
    await this.expectVerdicts(this.#lesson.text[this.#locale].indexOf(step));
  }

  /** Each verdict of a step is due at its end, and says what was chosen. */
  async expectVerdicts(index: number): Promise<void> {
    const step = this.#lesson.text[this.#locale][index]!;
    for (const part of step.parts) {
      if (part.type !== 'directive' || part.name !== 'verdict') continue;
      const id = part.attributes['id']!;
      const verdict = this.#lesson.predictions[id]!.verdicts[this.#choiceOf(id)]![this.#locale];
      await expect(this.section(step).getByText(verdict, { exact: true })).toBeVisible();
    }
  }

  /** Each word that is explained can be asked for. */
  async #readWords(section: Locator, { terms }: LessonStep): Promise<void> {
    for (const [index, id] of terms.entries()) {
      const { name } = this.#lesson.terms.find((term) => term.id === `term-${id}`)![this.#locale];
      await section.locator('[popovertarget]').nth(index).click();
      const shown = this.#root.locator('[popover]:popover-open');
      await expect(shown).toContainText(name);
      await this.#page.keyboard.press('Escape');
      await expect(shown).toHaveCount(0);
    }
  }

  /** Does what a directive says. `nth`: so many of its kind stand before it in this step. */
  async #follow(
    { name, attributes }: Directive,
    section: Locator,
    nth: number,
    rest: readonly Directive[],
  ): Promise<void> {
    const id = attributes['id'] ?? '';
    switch (name) {
      case 'predict':
        return this.#predict(section, id);
      case 'verdict':
        return this.#runChanged();
      case 'run':
        await this.#solveFirst(section, rest);
        return this.#run(section, rest);
      case 'kill':
      case 'pause':
        return this.#strike(section, name, attributes['node']!);
      case 'scenario':
        return this.#try(section, id);
      case 'trial':
        return this.#judge(section, id);
      case 'message':
        return section
          .getByRole('button', { name: this.say('show_message', { word: attributes['send']! }) })
          .nth(nth)
          .click();
      case 'seen-from':
        return this.#lookFrom(section, attributes['node']!);
      case 'round-trips':
        return expect(section.getByRole('table').nth(nth).getByRole('row').nth(1)).toBeVisible();
      case 'look':
        return this.#look(section, attributes['panel']!, nth);
      case 'quiz':
        return this.#quiz(section, id);
      case 'hint':
        return this.#takeHints(section, id);
      case 'change':
        return this.#change(section, attributes['file']!, attributes['to'], nth);
      case 'solution':
        this.#solutions.push({ section, file: attributes['file']! });
        return;
      case 'table':
        return this.#fill(section, id);
      case 'schedules':
        return this.#trySchedules(section);
      case 'check':
        for (const later of rest.filter((one) => one.name === 'solution')) {
          this.#solutions.push({ section, file: later.attributes['file']! });
        }
        return this.#check(section, attributes['goal']!, nth);
      default:
        throw new Error(`what does a student do with ::${name}?`);
    }
  }

  async #predict(section: Locator, id: string): Promise<void> {
    const { question, choices } = this.#lesson.predictions[id]!;
    const asked = section.getByRole('group', { name: question[this.#locale], exact: true });
    const { text } = choices.find((choice) => choice.id === this.#choiceOf(id))!;
    await asked.getByRole('radio', { name: text[this.#locale], exact: true }).check();
  }

  #choiceOf(prediction: string): string {
    const { answer, choices } = this.#lesson.predictions[prediction]!;
    return choices.find((choice) => (choice.id === answer) === this.#isRight)!.id;
  }

  async #run(section: Locator, rest: readonly Directive[]): Promise<void> {
    const without = section.getByRole('button', { name: this.say('cue_without'), exact: true });
    await ((await without.isVisible()) ? without : this.button('run')).click();
    const speed = this.#root.getByRole('combobox', { name: this.say('speed') });
    if (await speed.isVisible()) await speed.selectOption('max');
    // The lesson stops it there, for something to be done by hand.
    if (rest.some(({ name }) => name === 'kill' || name === 'pause')) return this.#state('paused');
    await this.#toEnd();
    await this.read();
    await expect(section.getByText(this.say('cue_run_done'), { exact: true })).toBeVisible();
  }

  /** What was changed since the last run has to run before anything can be said of it. */
  async #runChanged(): Promise<void> {
    if ((await this.main.getAttribute('data-digest')) !== null) return;
    await this.button('run').click();
    await this.#toEnd();
  }

  #state(state: string): Promise<void> {
    return expect(this.main).toHaveAttribute('data-run-state', state, { timeout: PATIENCE_MS });
  }

  async #toEnd(): Promise<void> {
    const slider = this.#root.getByRole('slider', { name: this.say('virtual_time') });
    await expect(async () => {
      expect(await this.main.getAttribute('data-run-state')).not.toBe('failed');
      await slider.press('End');
      await expect(this.main).toHaveAttribute('data-run-state', 'finished', { timeout: 300 });
    }).toPass({ timeout: PATIENCE_MS });
    await expect(this.main).toHaveAttribute('data-digest', /^[0-9a-f]{64}$/);
  }

  async #strike(section: Locator, verb: 'kill' | 'pause', node: string): Promise<void> {
    // "Press Run; it stops by itself."
    if ((await this.main.getAttribute('data-run-state')) !== 'paused') {
      await this.button('run').click();
      await this.#state('paused');
    }
    const stage = this.#root.getByRole('tab', { name: this.say('pane_watch'), exact: true });
    if (await stage.isVisible()) await stage.click();
    const before = await this.main.getAttribute('data-digest');
    await this.#root
      .getByRole('group', { name: node, exact: true })
      .getByRole('button', { name: this.say(`node_${verb}`), exact: true })
      .click();
    // Until it has been computed anew the end is that of the run that was not struck.
    if (before !== null) {
      await expect(this.main).not.toHaveAttribute('data-digest', before, { timeout: PATIENCE_MS });
    }
    await this.#toEnd();
    await this.read();
    await expect(section.getByText(this.#pattern(`cue_${verb}_done`))).toBeVisible();
  }

  async #try(section: Locator, id: string): Promise<void> {
    const { title } = this.#lesson.scenarios![id]!;
    const button = section.getByRole('button', { name: title[this.#locale], exact: true });
    await button.click();
    await this.#toEnd();
    await this.read();
    await expect(button).toHaveAttribute('aria-pressed', 'true');
  }

  async #judge(section: Locator, id: string): Promise<void> {
    const { claim, tries, because } = this.#lesson.trials![id]!;
    await expect(section.getByText(claim[this.#locale], { exact: true })).toBeVisible();
    for (const scenario of tries) await this.#try(section, scenario);
    await this.read();
    await section.getByRole('radio', { name: this.say('trial_holds'), exact: true }).check();
    await expect(section.getByText(because[this.#locale])).toBeVisible();
  }

  async #lookFrom(section: Locator, node: string): Promise<void> {
    const eye = section.getByRole('button', { name: this.say('seen_from_client', { node }) });
    for (const isOn of ['true', 'false']) {
      await this.read();
      await eye.click();
      await this.read();
      await expect(eye).toHaveAttribute('aria-pressed', isOn);
    }
  }

  async #look(section: Locator, panel: string, nth: number): Promise<void> {
    await section
      .getByRole('button', { name: this.#pattern('look_at') })
      .nth(nth)
      .click();
    const shown = this.#root.locator(`#stage-${panel}`);
    await expect(shown).toBeVisible();
    await expect(shown).toHaveText(/\S/, { timeout: 20_000 });
  }

  /** Each choice has its answer; the right one stays. */
  async #quiz(section: Locator, id: string): Promise<void> {
    const { question, choices } = this.#lesson.quizzes![id]!;
    const asked = section.getByRole('group', { name: question[this.#locale], exact: true });
    const isRight = (choice: (typeof choices)[number]) => choice.isRight === true;
    for (const { text, reply } of choices.toSorted((a, b) => +isRight(a) - +isRight(b))) {
      await asked.getByRole('radio', { name: text[this.#locale], exact: true }).check();
      await expect(asked.getByText(reply[this.#locale], { exact: true })).toBeVisible();
    }
  }

  async #takeHints(section: Locator, id: string): Promise<void> {
    const hints = this.#lesson.hints![id]!;
    for (const [index, hint] of hints.entries()) {
      const key = index === 0 ? 'hint_first' : 'hint_next';
      const name = this.say(key, { count: hints.length - index });
      await section.getByRole('button', { name, exact: true }).click();
      const text = hint[this.#locale].replaceAll('`', '');
      await expect(section.getByText(text, { exact: true })).toBeVisible();
    }
    const none = section.getByRole('button', { name: this.say('hint_none'), exact: true });
    await expect(none).toBeDisabled();
  }

  async #change(
    section: Locator,
    file: string,
    to: string | undefined,
    nth: number,
  ): Promise<void> {
    // Those of solutions are folded away below.
    const shown = section.locator('.change:not(details *)').nth(nth);
    await expect(
      shown.getByRole('img', { name: this.say('change_label', { file }) }),
    ).toBeVisible();
    const target = to === undefined ? this.#lesson.solution : this.#lesson.variants[to]!.files;
    await this.#apply(shown, file, target[file]!);
  }

  async #apply(change: Locator, file: string, text: string): Promise<void> {
    await change.getByRole('button').click();
    this.#files[file] = text;
    const applied = change.getByRole('button', { name: this.say('change_applied'), exact: true });
    await expect(applied).toBeDisabled();
  }

  /** Every cell is filled by a run and says what the lesson says of it; the last one opens its run. */
  async #fill(section: Locator, id: string): Promise<void> {
    const { title, columns, rows } = this.#lesson.tables![id]!;
    const shown = section.getByRole('table', { name: title[this.#locale], exact: true });
    const count = columns.length * Object.keys(rows).length;
    const run = section.getByRole('button', {
      name: this.say('table_run', { count }),
      exact: true,
    });
    await run.click();
    await expect(shown.getByRole('button')).toHaveCount(count, { timeout: PATIENCE_MS });
    const said = Object.values(rows).flatMap(({ shows }) =>
      columns.map((column) => this.say(`table_${shows[column]!}`)),
    );
    await expect(shown.getByRole('button').locator('strong')).toHaveText(said);
    const last = shown.getByRole('button').last();
    await last.click();
    await this.#toEnd();
    await this.read();
    await expect(last).toHaveAttribute('aria-pressed', 'true');
  }

  async #trySchedules(section: Locator): Promise<void> {
    await section.getByRole('button', { name: this.say('schedules_try'), exact: true }).click();
    const told = section.getByRole('status').filter({ hasText: /\d/ });
    await expect(told).toBeVisible({ timeout: PATIENCE_MS });
    const stop = section.getByRole('button', { name: this.say('schedules_stop'), exact: true });
    await expect(stop).toHaveCount(0, { timeout: PATIENCE_MS });
  }

  /** As it was given it fails; solved it holds. */
  async #check(section: Locator, goal: string, nth: number): Promise<void> {
    const isAsGiven = sameFiles(this.#files, this.#lesson.files);
    if (!sameFiles(this.#files, this.#lesson.solution)) {
      const hasHeld = await this.#press(section, goal, nth);
      if (isAsGiven) expect(hasHeld, `the start reaches ${goal}`).toBe(false);
    }
    await this.#takeSolutions();
    expect(await this.#press(section, goal, nth), `the solution reaches ${goal}`).toBe(true);
  }

  /** An exercise whose program is to run before it is checked. */
  async #solveFirst(section: Locator, rest: readonly Directive[]): Promise<void> {
    if (this.#solutions.length === 0) return;
    const check = rest.find(({ name }) => name === 'check');
    if (check) expect(await this.#press(section, check.attributes['goal']!, 0)).toBe(false);
    await this.#takeSolutions();
  }

  async #takeSolutions(): Promise<void> {
    for (const { section, file } of this.#solutions.splice(0)) {
      const name = this.say('solution_show', { file });
      const folded = section.locator('details').filter({ hasText: name });
      await folded.locator('summary').click();
      // A step before this one may have had it changed already.
      if (this.#files[file] === this.#lesson.solution[file]) continue;
      await this.#apply(folded, file, this.#lesson.solution[file]!);
    }
  }

  /** Tries the seeds, and says whether all of them hold. */
  async #press(section: Locator, goal: string, nth: number): Promise<boolean> {
    const count = this.#lesson.goals[goal]!.seeds;
    const button = section.getByRole('button', { name: this.say('check', { count }), exact: true });
    const held = section.getByText(this.say('check_held', { count }), { exact: true });
    const watch = section.getByRole('button', { name: this.say('check_watch'), exact: true });
    await button.nth(nth).click();
    await expect(button.nth(nth)).toBeEnabled({ timeout: PATIENCE_MS });
    await expect(held.or(watch).first()).toBeVisible();
    return held.first().isVisible();
  }
}

function sameFiles(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}
