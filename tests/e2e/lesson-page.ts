// The lesson page as tests see it: found by role and name, waited for by its own state.

import type { Locator, Page } from '@playwright/test';
import { expect } from './site.ts';

export const SLUG = 'lessons/celery-first-task/';

/** The names that differ between languages. */
export const NAMES = {
  en: {
    run: 'Run',
    pause: 'Pause',
    step: 'Step',
    restart: 'Restart',
    kill: 'Kill',
    time: 'Virtual time',
    seed: 'Seed',
    next: 'Continue',
    output: 'client output',
    ack: 'Show me the ack',
    sentence: 'worker1 sends ack to broker',
    lens: 'See it from client',
    apply: 'Apply this change',
    check: 'Check 20 seeds',
    handIn: 'Hand in this answer',
    author: 'Your name',
    saveAnswer: 'Save the answer',
    held: 'Held on 20 of 20 seeds. Evidence, not proof.',
    verdict: 'You said worker2. Nobody did: the ack left before the work began.',
  },
  zh: {
    run: '运行',
    pause: '暂停',
    step: '单步',
    restart: '重来',
    kill: '杀死进程',
    time: '虚拟时间',
    seed: '种子',
    next: '继续',
    output: 'client 输出',
    ack: '指出这条 ack',
    sentence: 'worker1 向 broker 发送 ack',
    lens: '换成 client 的视角',
    apply: '应用这处修改',
    check: '检查 20 个种子',
    handIn: '提交这份答案',
    author: '你的名字',
    saveAnswer: '保存答案',
    held: '20 个种子全部成立。是证据，不是证明。',
    verdict: '你猜的是 worker2，结果没人完成：确认在开工之前就发出去了。',
  },
} as const;

export type Names = (typeof NAMES)['en'] | (typeof NAMES)['zh'];

export class LessonPage {
  readonly page: Page;
  readonly names: Names;
  readonly main: Locator;

  constructor(page: Page, locale: 'en' | 'zh' = 'en') {
    this.page = page;
    this.names = NAMES[locale];
    this.main = page.locator('main');
  }

  /** A control of the run bar. On a phone some are behind a sheet. */
  async control(name: string): Promise<Locator> {
    const bar = this.page.getByRole('toolbar');
    const button = bar.getByRole('button', { name, exact: true });
    if (!(await button.isVisible())) {
      await bar.getByRole('button', { name: /More controls|更多控件/ }).click();
    }
    return button;
  }

  get slider(): Locator {
    return this.page.getByRole('slider', { name: this.names.time });
  }

  /** The output of the client. On a phone it is in the Watch pane, behind a sheet. */
  async output(): Promise<Locator> {
    const log = this.page.getByRole('log', { name: this.names.output });
    if (!(await log.isVisible())) {
      await this.page.getByRole('button', { name: /^(Output|输出)/ }).click();
    }
    return log;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  nodeButton(node: string, name: string): Locator {
    return this.page
      .getByRole('group', { name: node, exact: true })
      .getByRole('button', { name, exact: true });
  }

  /** A pane, where there are tabs for panes. */
  async show(pane: RegExp): Promise<void> {
    const tab = this.page.getByRole('tab', { name: pane });
    if (await tab.isVisible()) await tab.click();
  }

  /** A panel of the stage, whose tab may be behind a menu. */
  async panel(name: string): Promise<void> {
    const tab = this.page.getByRole('tab', { name, exact: true });
    const more = this.page.getByRole('button', { name: /More panels|更多面板/ });
    await expect(tab.or(more).first()).toBeVisible();
    if (await tab.isVisible()) return tab.click();
    await more.click();
    await this.page.getByRole('menuitem', { name, exact: true }).click();
    await expect(tab).toBeFocused();
  }

  async state(state: string): Promise<void> {
    await expect(this.main).toHaveAttribute('data-run-state', state, { timeout: 15_000 });
  }

  /** Runs and shows the end at once. */
  async runToEnd(): Promise<string> {
    await this.button(this.names.run).click();
    await this.state('running');
    await this.toEnd();
    return this.digest();
  }

  async toEnd(): Promise<void> {
    // The end is where the computed part ends: press until that is the whole.
    await expect(async () => {
      await this.slider.press('End');
      await expect(this.main).toHaveAttribute('data-run-state', 'finished', { timeout: 200 });
    }).toPass({ timeout: 15_000 });
  }

  async digest(): Promise<string> {
    await expect(this.main).toHaveAttribute('data-digest', /^[0-9a-f]{64}$/);
    return (await this.main.getAttribute('data-digest'))!;
  }
}
