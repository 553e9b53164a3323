// Sentences of the picture in the page's language: what an event is, in words, and the names of
// faults. Inspector, table and the announcements of the diagram say the same.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { NodeStatus } from '#lib/trace/facts.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { splitStamp } from '#lib/protocol/log-stamp.ts';
import { NETWORK_VERBS } from '#lib/protocol/faults.ts';
import type { JsonValue, TraceEventOf } from '#lib/protocol/trace.ts';
import { grouped } from '#lib/protocol/time.ts';
import { formatDuration } from './layout/axis.ts';
import type { SceneWords } from './layout/scene.ts';
import { DELAY_MS, type FaultMark, type FaultVerb, type MessageVerb } from './types.ts';

export const sceneWords: SceneWords = {
  effect: (count) => m.picture_effect({ count }),
  tries: (count) => m.picture_tries({ count }),
  copy: (number) => m.picture_copy({ number }),
  exit: (code) => m.picture_exit({ code }),
};

export const statusWords: Record<NodeStatus, () => string> = {
  unborn: m.status_unborn,
  ready: m.status_ready,
  busy: m.status_busy,
  waiting: m.status_waiting,
  paused: m.status_paused,
  killed: m.status_killed,
  off: m.status_off,
  ended: m.status_ended,
  failed: m.status_failed,
};

/** A model's change; of work that is passed on, who has it in which state. */
function stateSentence({ node, name, value }: TraceEventOf<'state'>): string {
  const { call, state } = (value ?? {}) as Partial<Record<string, JsonValue>>;
  return typeof call === 'string' && typeof state === 'string'
    ? m.says_work({ node, call, state })
    : m.says_state({ node, name, value: JSON.stringify(value) });
}

/** Milliseconds with at most three decimals, `1 593.38`: exact, without the unit. */
export function exactMs(tUs: number): string {
  const whole = Math.floor(tUs / 1000);
  const rest = String(tUs - whole * 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return rest === '' ? grouped(whole) : `${grouped(whole)}.${rest}`;
}

/** Ids that a library made up, `obj_3615248f…` or a UUID, say nothing behind their first digits. */
export function shortIds(text: string): string {
  return text
    .replace(/(\bobj_[0-9a-f]{4})[0-9a-f]+/g, '$1…')
    .replace(/\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '$1…');
}

/** "last heard 3.2 s ago", as a lens says it of another node. */
export function heardWords(heardUs: number | undefined, nowUs: number): string {
  if (heardUs === undefined) return m.heard_never();
  const agoUs = nowUs - heardUs;
  return agoUs === 0 ? m.heard_now() : m.heard_ago({ duration: formatDuration(agoUs) });
}

/** The same in the head of a column: "heard 3.2 s ago". */
export function heardWordsBrief(heardUs: number | undefined, nowUs: number): string {
  if (heardUs === undefined || heardUs === nowUs) return heardWords(heardUs, nowUs);
  return m.heard_ago_brief({ duration: formatDuration(nowUs - heardUs) });
}

/** The same where there is little room: "3.2 s ago". */
export function heardWordsShort(heardUs: number | undefined, nowUs: number): string {
  if (heardUs === undefined || heardUs === nowUs) return heardWords(heardUs, nowUs);
  return m.heard_ago_short({ duration: formatDuration(nowUs - heardUs) });
}

export function verbWords(verb: FaultVerb): { name: string; effect: string } {
  switch (verb) {
    case 'kill':
      return { name: m.node_kill(), effect: m.node_kill_effect() };
    case 'powerOff':
      return { name: m.node_power_off(), effect: m.node_power_off_effect() };
    case 'pause':
      return { name: m.node_pause(), effect: m.node_pause_effect() };
    case 'resume':
      return { name: m.node_resume(), effect: m.node_resume_effect() };
    case 'restart':
      return { name: m.node_restart(), effect: m.node_restart_effect() };
    default:
      return verb satisfies never;
  }
}

export function messageVerbWords(verb: MessageVerb): { name: string; effect: string } {
  switch (verb) {
    case 'drop':
      return { name: m.message_drop(), effect: m.message_drop_effect() };
    case 'delay':
      return { name: m.message_delay(), effect: m.message_delay_effect({ ms: DELAY_MS }) };
    case 'duplicate':
      return { name: m.message_duplicate(), effect: m.message_duplicate_effect() };
    default:
      return verb satisfies never;
  }
}

/** "kill worker1", for a mark in the fault strip. */
export function faultWords({ verb, target }: FaultMark): string {
  const node = target;
  switch (verb) {
    case 'kill':
      return m.fault_kill({ node });
    case 'powerOff':
      return m.fault_power_off({ node });
    case 'pause':
      return m.fault_pause({ node });
    case 'resume':
      return m.fault_resume({ node });
    case 'restart':
      return m.fault_restart({ node });
    case 'input':
      return m.fault_input({ node });
    case 'skew':
      return m.fault_skew({ node });
    case 'speed':
      return m.fault_speed({ node });
    case 'cut':
      return m.fault_cut({ link: target });
    case 'mend':
      return m.fault_mend({ link: target });
    case 'link':
      return m.fault_link({ link: target });
    case 'drop':
      return m.fault_drop({ message: target });
    case 'delay':
      return m.fault_delay({ message: target });
    case 'duplicate':
      return m.fault_duplicate({ message: target });
    case 'heal':
      return m.fault_heal();
    default:
      return target === '' ? m.fault_other() : target;
  }
}

/** What happened, as one sentence. */
export function sentenceOf(trace: TraceStore, id: number): string {
  const event = trace.eventAt(id);
  const { node } = event;
  const message = messageWord(trace, id);
  const tries = 'attempt' in event ? event.attempt + 1 : 0;
  switch (event.kind) {
    case 'start':
      if (event.parent !== undefined) return m.says_start_child({ node, parent: event.parent });
      if (event.incarnation > 1) return m.says_start_again({ ...event });
      return m.says_start({ node, command: event.command });
    case 'spawn':
      return m.says_spawn({ node, child: event.child });
    case 'exit':
      if (event.reason === undefined) return m.says_exit({ node, code: event.code });
      return m.says_exit_reason({ node, code: event.code, reason: event.reason });
    case 'kill':
      return m.says_kill({ node });
    case 'powerOff':
      return m.says_power_off({ node });
    case 'restart':
      return m.says_restart({ node });
    case 'pause':
      return m.says_pause({ node });
    case 'resume':
      return m.says_resume({ node });
    case 'signal':
      if (event.to !== undefined)
        return m.says_signal_sent({ node, name: event.name, to: event.to });
      return m.says_signal({ node, name: event.name });
    case 'fault':
      return faultSentence(trace, id, event.fault);
    case 'connect':
      return m.says_connect({ node, to: event.to, port: event.port });
    case 'accept':
      return m.says_accept({ node, from: event.from });
    case 'open':
      return m.says_open({ node });
    case 'refuse':
      return m.says_refuse({ node, from: event.from });
    case 'close':
      return m.says_close({ node, to: event.to });
    case 'reset':
      return m.says_reset({ node, to: event.to });
    case 'timeout':
      return m.says_timeout({ node });
    case 'send':
      return withPreview(m.says_send({ node, message, to: event.to }), event.preview);
    case 'lose':
      return m.says_lose({ node, message, reason: event.reason });
    case 'retransmit':
      return m.says_retransmit({ node, message, tries });
    case 'duplicate':
      return m.says_duplicate({ message });
    case 'deliver':
      if (event.proto === 'tcp' && event.msg === 'close') return m.says_deliver_close({ ...event });
      if (event.proto === 'tcp' && event.msg === 'reset') return m.says_deliver_reset({ ...event });
      return m.says_deliver({ node, message, from: event.from });
    case 'drop':
      return m.says_drop({ node, message });
    case 'timer':
      return timerSentence(trace, id);
    case 'log':
      return m.says_log({ node, text: splitStamp(event.text)[1] });
    case 'state':
      return stateSentence(event);
    case 'effect':
      return m.says_effect({ node, name: event.name, number: effectNumber(trace, id) });
    case 'span': {
      const name = event.detail === undefined ? event.name : `${event.name} ${event.detail}`;
      return event.op === 'begin'
        ? m.says_span_begin({ node, name })
        : m.says_span_end({ node, name });
    }
    case 'wait':
      return event.op === 'begin' ? m.says_wait_begin({ ...event }) : m.says_wait_end({ ...event });
    case 'file':
      return fileSentence(event);
    case 'partial':
      return m.says_partial({ node, text: event.text });
    case 'input':
      return m.says_input({ node, text: event.text });
    default:
      return event satisfies never;
  }
}

/** What a search looks for words in: all that is said of an event, and where in the program it is. */
export function searchWords(trace: TraceStore, id: number): string {
  const kind = trace.kindAt(id);
  const line = trace.textAt(id, 'line') ?? '';
  // How often it has happened is not worth counting for each.
  if (kind === 'effect') return `${trace.processAt(id).name} ${kind} ${trace.textAt(id, 'name')}`;
  // What a library puts before its lines is not in the sentence.
  const text = kind === 'log' ? trace.textAt(id, 'text') : '';
  return `${sentenceOf(trace, id)} ${kind} ${line} ${text}`;
}

function fileSentence({ node, op, path, bytes, to = '' }: TraceEventOf<'file'>): string {
  switch (op) {
    case 'write':
      return m.says_file_write({ node, path, bytes });
    case 'append':
      return m.says_file_append({ node, path, bytes });
    case 'truncate':
      return m.says_file_truncate({ node, path, bytes });
    case 'remove':
      return m.says_file_remove({ node, path });
    case 'rename':
      return m.says_file_rename({ node, path, to });
    case 'mkdir':
      return m.says_file_mkdir({ node, path });
    case 'sync':
      return m.says_file_sync({ node, path, bytes });
    case 'list':
      return m.says_file_list({ node, path });
    case 'lose':
      return m.says_file_lose({ path, bytes });
    default:
      return m.says_file_read({ node, path, bytes });
  }
}

function withPreview(sentence: string, preview: string): string {
  return preview === '' ? sentence : `${sentence}: ${preview}`;
}

function messageWord(trace: TraceStore, id: number): string {
  if (id === NO_EVENT) return '';
  const origin = trace.messageOf(id);
  if (origin === NO_EVENT) return '';
  return trace.textAt(origin, 'msg') ?? trace.kindAt(origin);
}

/** `task, client → broker`, for the message that event `origin` sends. */
export function sentenceOfMessage(trace: TraceStore, origin: number): string {
  const to = trace.textAt(origin, 'to') ?? '';
  return `${messageWord(trace, origin)}, ${trace.processAt(origin).name} → ${to}`;
}

function timerSentence(trace: TraceStore, id: number): string {
  const set = trace.openerAt(id) === NO_EVENT ? id : trace.openerAt(id);
  const words = { node: trace.processAt(id).name, label: trace.textAt(set, 'label') ?? '…' };
  const op = trace.textAt(id, 'op');
  if (op === 'set') return m.says_timer_set(words);
  return op === 'fired' ? m.says_timer_fired(words) : m.says_timer_cancelled(words);
}

function effectNumber(trace: TraceStore, id: number): number {
  const name = trace.textAt(id, 'name');
  const { data } = trace.effects;
  let number = 0;
  for (let position = 0; position <= trace.effects.lastAtMost(id); position++) {
    if (trace.textAt(data[position]!, 'name') === name) number++;
  }
  return number;
}

function faultSentence(trace: TraceStore, id: number, fault: JsonValue): string {
  if (typeof fault !== 'object' || fault === null) return m.fault_other();
  if ('heal' in fault) return m.fault_heal();
  if ('partition' in fault) {
    const [left, right] = fault['partition'] as unknown as [string[], string[]];
    return m.fault_partition({ left: left.join(', '), right: right.join(', ') });
  }
  const verb = ([...NETWORK_VERBS, 'skew', 'speed'] as const).find((one) => one in fault);
  if (!verb) return JSON.stringify(fault);
  const link = (fault as Record<string, JsonValue>)[verb];
  const target = typeof link === 'string' ? linkWords(link) : messageWord(trace, trace.causeAt(id));
  return faultWords({ id: '', atUs: 0, verb, target });
}

/** `a->b` with an arrow that people read. */
function linkWords(link: string): string {
  return link.replace('<->', ' ↔ ').replace('->', ' → ');
}

/** `client.ts:7` as file and line, or null for anything else. */
export function sourceOf(trace: TraceStore, id: number): { file: string; line: number } | null {
  const text = trace.textAt(id, 'line') ?? trace.textAt(Math.max(0, trace.openerAt(id)), 'line');
  const match = /^(.+):(\d+)$/.exec(text ?? '');
  return match ? { file: match[1]!, line: Number(match[2]) } : null;
}
