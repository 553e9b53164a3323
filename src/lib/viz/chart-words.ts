// What charts are called, and their values in words.

import { m } from '#lib/i18n/paraglide/messages.js';
import { grouped } from '#lib/protocol/time.ts';
import type { Break } from '#lib/trace/measures.ts';
import { formatDuration } from './layout/axis.ts';
import type { ChartTopic, ChartUnit, LineName } from './layout/charts.ts';

/** A chart's name, and what it measures where the name does not say. */
export function topicWords({ kind, subject, detail }: ChartTopic): {
  name: string;
  effect: string;
} {
  const isWork = subject === 'work';
  switch (kind) {
    case 'queue':
      return { name: m.charts_queue({ node: subject, queue: detail }), effect: '' };
    case 'questions':
      return {
        name: m.charts_questions({ node: subject }),
        effect: m.charts_questions_effect(),
      };
    case 'submitted':
      return { name: submittedName(subject), effect: m.charts_submitted_effect() };
    case 'underWay':
      return { name: m.charts_under_way(), effect: '' };
    case 'latency':
      return isWork
        ? { name: m.charts_latency_work(), effect: m.charts_latency_work_effect() }
        : { name: m.charts_latency_calls(), effect: m.charts_latency_calls_effect() };
    case 'throughput':
      return {
        name: isWork ? m.charts_throughput_work() : m.charts_throughput_calls(),
        effect: '',
      };
    case 'busy':
      return { name: subject, effect: m.charts_busy_effect() };
    default:
      return kind satisfies never;
  }
}

function submittedName(model: string): string {
  if (model === 'scoop') return m.charts_submitted_scoop();
  return model === 'disco' ? m.charts_submitted_disco() : m.charts_submitted_celery();
}

const lineNames: Record<LineName, () => string> = {
  depth: () => '',
  ready: m.work_ready,
  unacked: m.work_unacked,
  p50: () => 'p50',
  p95: () => 'p95',
  p99: () => 'p99',
  rate: () => '',
  share: () => '',
};

/** '' for a line that is the whole chart. */
export function lineWords(name: LineName): string {
  return lineNames[name]();
}

/** `480 ms`, `19.5 /s`, `64 %`; a dash for nothing. */
export function valueWords(value: number | null, unit: ChartUnit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'us':
      return formatDuration(value);
    case 'rate':
      return m.charts_per_second({ count: rounded(value) });
    case 'share':
      return `${Math.round(value * 100)} %`;
    case 'count':
      return rounded(value);
    default:
      return unit satisfies never;
  }
}

/** Three digits where there are fractions. */
function rounded(value: number): string {
  return Number.isInteger(value) ? grouped(value) : String(Number(value.toPrecision(3)));
}

export function breakWords({ kind, node }: Break): string {
  switch (kind) {
    case 'kill':
      return m.charts_break_kill({ node });
    case 'powerOff':
      return m.charts_break_powerOff({ node });
    case 'pause':
      return m.charts_break_pause({ node });
    case 'resume':
      return m.charts_break_resume({ node });
    case 'restart':
      return m.charts_break_restart({ node });
    case 'fault':
      return m.charts_break_fault();
    default:
      return kind satisfies never;
  }
}
