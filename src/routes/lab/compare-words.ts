// What differs between two experiments, in the page's language.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { Fault } from '#lib/protocol/faults.ts';
import { messageOf, subjectOf } from '#lib/session/fault-marks.ts';
import type { InputChange } from '#lib/session/input-diff.ts';
import { exactMs, faultWords } from '#lib/viz/words.ts';

/** "added: kill worker1 at 512 ms" */
export function changeWords(change: InputChange): string {
  switch (change.type) {
    case 'seed':
      return m.compare_change_seed(change);
    case 'fault-added':
      return m.compare_change_fault_added({ fault: faultPhrase(change.fault) });
    case 'fault-removed':
      return m.compare_change_fault_removed({ fault: faultPhrase(change.fault) });
    case 'fault-moved': {
      const times = { before: ms(change.beforeMs), now: ms(change.nowMs) };
      return m.compare_change_fault_moved({ fault: plainFault(change.fault), ...times });
    }
    case 'file-added':
      return m.compare_change_file_added(change);
    case 'file-removed':
      return m.compare_change_file_removed(change);
    case 'file':
      return change.changedCount === 1
        ? m.compare_change_line(change)
        : m.compare_change_lines({ ...change, count: change.changedCount });
    case 'unknown':
      return m.compare_change_unknown();
    default:
      return change satisfies never;
  }
}

const ms = (value: number): string => exactMs(Math.round(value * 1000));

function faultPhrase(fault: Fault): string {
  const { verb, pattern } = subjectOf(fault);
  const words = plainFault(fault);
  // What is done to a message names it.
  if (pattern && ['drop', 'delay', 'duplicate'].includes(verb)) return words;
  if (pattern) return m.compare_fault_on({ fault: words, message: messageOf(pattern) });
  return m.compare_fault_at({ fault: words, time: ms((fault as { atMs: number }).atMs) });
}

function plainFault(fault: Fault): string {
  if ('partition' in fault) {
    const [left, right] = fault.partition;
    return m.fault_partition({ left: left.join(', '), right: right.join(', ') });
  }
  if ('signal' in fault) return m.fault_signal({ node: fault.signal, name: fault.name });
  return faultWords({ id: '', atUs: 0, ...subjectOf(fault) });
}
