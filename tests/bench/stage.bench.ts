// How the stage keeps up in real Chromium (DESIGN section 9): frames while the built page is panned,
// scrubbed and pointed at, with traces of ten thousand messages and of a million events, beside a
// bare canvas of the same size that strokes as many lines. Run `npm run build` first, then
// `node tests/bench/stage.bench.ts [--events n]`. How to read it: docs/performance.md.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { findChromium } from '../../scripts/install.mjs';
import { serve } from '../../scripts/serve.mjs';
import { randomTrace } from '../support/random-trace.ts';

/** A random trace sends two messages in five events, so the smaller one has 10 000 messages. */
const EVENT_COUNTS = [25_000, 1_000_000];
const FRAMES = 240;

const { values: flags } = parseArgs({ options: { events: { type: 'string' } } });
const counts = flags.events === undefined ? EVENT_COUNTS : [Number(flags.events)];

/** What a hand does, once a frame. */
type Act = 'rest' | 'pan' | 'jump' | 'point' | 'scrub' | 'zoom' | 'canvas';
interface Wanted {
  act: Act;
  count: number;
}
interface Frames {
  /** From one frame to the next, in ms. */
  intervals: number[];
  /** Of which the page's own work took, in ms. */
  work: number[];
}

/** Runs in the page. The work of a frame lasts from its begin to the first task after it. */
async function perform({ act, count }: Wanted): Promise<Frames> {
  const picture = document.querySelector<HTMLElement>('[role=application]')!;
  let stage = picture.parentElement!;
  while (getComputedStyle(stage).overflowY !== 'auto') stage = stage.parentElement!;
  const slider = document.querySelector<HTMLInputElement>('input[type=range]')!;
  const box = stage.getBoundingClientRect();
  const bare = document.createElement('canvas');
  if (act === 'canvas') {
    bare.width = box.width;
    bare.height = box.height;
    bare.style.cssText = `position: fixed; z-index: 9; left: ${box.left}px; top: ${box.top}px`;
    document.body.append(bare);
  }
  const context = bare.getContext('2d')!;
  const acts: Record<Act, (frame: number) => void> = {
    rest: () => {},
    pan: () => (stage.scrollTop += 40),
    jump: (frame) => (stage.scrollTop = ((frame * 0.618_034) % 1) * stage.scrollHeight),
    point: (frame) => {
      const clientX = box.left + box.width * ((frame * 0.618_034) % 1);
      const clientY = box.top + 120 + (box.height - 200) * ((frame * 0.381) % 1);
      const target = document.elementFromPoint(clientX, clientY)!;
      const given = { clientX, clientY, bubbles: true, pointerType: 'mouse' };
      target.dispatchEvent(new PointerEvent('pointermove', given));
    },
    scrub: (frame) => {
      slider.value = String(Number(slider.max) * ((frame * 0.618_034) % 1));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    },
    zoom: (frame) => {
      const place = { clientX: box.left + 200, clientY: box.top + 300 };
      const deltaY = frame % 120 < 60 ? 60 : -60;
      picture.dispatchEvent(
        new WheelEvent('wheel', { ...place, deltaY, ctrlKey: true, cancelable: true }),
      );
    },
    canvas: (frame) => {
      context.clearRect(0, 0, bare.width, bare.height);
      for (let line = 0; line < 1000; line++) {
        context.beginPath();
        context.moveTo((line * 37) % bare.width, (line * 11 + frame) % bare.height);
        context.lineTo((line * 53) % bare.width, (line * 11 + frame + 40) % bare.height);
        context.stroke();
      }
    },
  };
  const intervals: number[] = [];
  const work: number[] = [];
  const channel = new MessageChannel();
  await new Promise<void>((resolve) => {
    let startMs = 0;
    let lastMs = 0;
    channel.port1.onmessage = () => work.push(performance.now() - startMs);
    const step = (nowMs: number) => {
      if (lastMs > 0) intervals.push(nowMs - lastMs);
      lastMs = nowMs;
      if (intervals.length >= count) return resolve();
      startMs = performance.now();
      acts[act](intervals.length);
      requestAnimationFrame(step);
      // Comes after the frame's layout and paint.
      channel.port2.postMessage(null);
    };
    requestAnimationFrame(step);
  });
  bare.remove();
  return { intervals, work };
}

async function framesOf(page: Page, act: Act): Promise<Frames> {
  const wanted: Wanted = { act, count: FRAMES };
  return page.evaluate(perform, wanted);
}

function share(values: readonly number[], part: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(1).padStart(7);
}

function print(name: string, { intervals, work }: Frames): void {
  const fps = (1000 / (intervals.reduce((sum, it) => sum + it, 0) / intervals.length)).toFixed(1);
  const spread = (values: number[]) => [0.5, 0.95, 1].map((part) => share(values, part)).join('');
  console.log(`  ${name.padEnd(28)}${fps.padStart(6)} fps ${spread(intervals)}   |${spread(work)}`);
}

/** How long the page froze at most, in ms, since this was asked for last. */
async function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => {
    const scope = globalThis as unknown as { longest: number };
    const found = scope.longest;
    scope.longest = 0;
    return found;
  });
}

async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const scope = globalThis as unknown as { longest: number };
    scope.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        scope.longest = Math.max(scope.longest, duration);
    }).observe({ type: 'longtask' });
  });
}

async function openTrace(page: Page, file: string): Promise<void> {
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'Open trace' }).click();
  await (await chooser).setFiles(file);
  await page.locator('main[data-run-state=finished]').waitFor({ timeout: 60_000 });
}

const folder = await mkdtemp(path.join(tmpdir(), 'lightcone-bench-'));
const site = await serve('build');
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const eventCount of counts) {
    const file = path.join(folder, `${eventCount}.jsonl`);
    const text = randomTrace({ seed: 1, nodeCount: 8, eventCount });
    await writeFile(file, text);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await watchTasks(page);
    await page.goto(new URL('play/', site.url).href);
    const messages = text.split('"kind":"send"').length - 1;
    console.log(`${eventCount} events, ${messages} messages, ${(text.length / 1e6).toFixed(0)} MB`);
    const startMs = performance.now();
    await openTrace(page, file);
    const openMs = performance.now() - startMs;
    console.log(`  opened in ${Math.round(openMs)} ms, longest task ${await longestTask(page)} ms`);
    await page.waitForTimeout(3000);
    console.log(`  settled, longest task ${await longestTask(page)} ms`);
    console.log(
      '                               frames    median p95 worst | work: median p95 worst, ms',
    );
    for (const act of ['rest', 'canvas', 'pan', 'jump', 'point', 'scrub', 'zoom'] as const) {
      print(act, await framesOf(page, act));
    }
    for (const scale of ['Time in even rows', 'Time true to scale']) {
      await longestTask(page);
      await page.getByRole('button', { name: 'Trace', exact: true }).click();
      await page.getByRole('menuitemradio', { name: scale }).click();
      await page.waitForTimeout(1500);
      console.log(`  ${scale}: longest task ${await longestTask(page)} ms`);
      print(`${scale}, pan`, await framesOf(page, 'pan'));
    }
    await page.close();
  }
} finally {
  await browser.close();
  await site.close();
  await rm(folder, { recursive: true });
}
