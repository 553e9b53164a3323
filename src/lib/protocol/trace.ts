// The trace: one table, kind -> fields, from which the types, the JSON lines, the digest and the
// columns are all derived. The order of the fields here is the order of the keys on disk, and so
// part of the digest: append, never reorder.

import type { TcpProfile } from './cluster.ts';

/** `int`: safe integer · `text`: string · `json`: any JSON value · a trailing `?`: may be absent. */
export type FieldType = 'int' | 'text' | 'json' | 'int?' | 'text?' | 'json?';

/**
 * Every kind of event and its own fields, after `tUs`, `kind`, `node` and `cause`.
 *
 * A message is an event that leaves (`send`, `close`, `reset`, `connect`, `accept`) and one that
 * arrives (`deliver`, `accept`, `open`, `refuse`) and names the first in `send`.
 */
export const TRACE_FIELDS = {
  /** A process begins to run; `parent` is the process that spawned it. */
  start: { incarnation: 'int', command: 'text', parent: 'text?' },
  spawn: { child: 'text' },
  /** A process ended by itself; `reason` says why when it was not its own wish. */
  exit: { code: 'int', reason: 'text?' },
  kill: {},
  powerOff: {},
  restart: {},
  pause: {},
  resume: {},
  /** A signal reached this process; with `to`, this process sent it to a child. */
  signal: { name: 'text', to: 'text?' },
  /** A fault that belongs to no single process: partition, heal, link, ... as written in the file. */
  fault: { fault: 'json' },

  connect: { conn: 'int', to: 'text', port: 'int', line: 'text?' },
  /** The connection request of event `send` was accepted here. */
  accept: { send: 'int', conn: 'int', from: 'text', to: 'text' },
  /** The requester learns of event `send`, an accept. */
  open: { send: 'int', conn: 'int' },
  /** The requester learns that event `send`, its connect, was refused by `from`. */
  refuse: { send: 'int', conn: 'int', from: 'text' },
  /** End of stream sent: by the program, or by the operating system of a process that died. */
  close: { conn: 'int', to: 'text' },
  reset: { conn: 'int', to: 'text' },
  /** The operating system gave up: retransmission or connecting took too long. */
  timeout: { conn: 'int' },

  /** A message leaves. `proto` and `msg` name it in the wire vocabulary, `line` is the program's own. */
  send: {
    conn: 'int?',
    to: 'text',
    proto: 'text',
    msg: 'text',
    bytes: 'int',
    preview: 'text',
    line: 'text?',
    /** What a reader should know of it at a glance: `redelivered`. */
    mark: 'text?',
    /** Of a datagram, which has no `conn`: the port it goes to. */
    port: 'int?',
  },
  /** The packet of event `send` vanished on the way: loss, partition, cut, off or fault. */
  lose: { send: 'int', reason: 'text' },
  retransmit: { send: 'int', attempt: 'int' },
  /** A copy of the packet of event `send` is under way. */
  duplicate: { send: 'int' },
  /** The message of event `send` reached this process's machine. */
  deliver: { send: 'int', from: 'text', conn: 'int?', proto: 'text', msg: 'text' },
  /** The message of event `send` arrived where nobody wants it: closed, port or duplicate. */
  drop: { send: 'int', reason: 'text' },

  /** `op`: set, fired or cancelled. `label` says what for. */
  timer: { op: 'text', timer: 'int', dueUs: 'int?', label: 'text?' },
  /** One finished line of output, or the unfinished rest of one when `partial`. */
  log: { stream: 'text', text: 'text', line: 'text?' },
  /** A model's own change: `name` is a path such as `queue/celery`. */
  state: { name: 'text', value: 'json' },
  /** Something happened in the world outside: `name` is what it is counted under. */
  effect: { name: 'text', value: 'json?' },
  /** A piece of work, drawn as a bar; `op`: begin or end. */
  span: { op: 'text', span: 'int', name: 'text', detail: 'text?' },
  /**
   * The program waits for something; `op`: begin or end. `by`, at the beginning: who could end it (KT8),
   * the living processes that the waiter named with spaces between them, else the names themselves.
   */
  wait: { op: 'text', wait: 'int', what: 'text', line: 'text?', by: 'text?' },

  /**
   * Something was done to a file (NODE9). `op`: write, append, truncate, remove, rename (to `to`),
   * mkdir, sync, read, list, or lose: a power-off took back what was not synced. `bytes` were written,
   * appended, read, made safe; for truncate and lose they are what the file holds now; for list the
   * number of names. `saw` is the event whose change was seen, or that this change follows.
   */
  file: { op: 'text', path: 'text', bytes: 'int', to: 'text?', saw: 'int?', line: 'text?' },
  /** What a line of output holds so far, told when the program flushes it or waits for input behind it. */
  partial: { stream: 'text', text: 'text' },
  /** A line was typed at the process's keyboard. */
  input: { text: 'text' },
} as const satisfies Record<string, Record<string, FieldType>>;

export type TraceKind = keyof typeof TRACE_FIELDS;

type FieldValue<T extends FieldType> = T extends 'int' | 'int?'
  ? number
  : T extends 'text' | 'text?'
    ? string
    : JsonValue;

type Fields<K extends TraceKind> = {
  [
    F in keyof (typeof TRACE_FIELDS)[K] as (typeof TRACE_FIELDS)[K][F] extends `${string}?`
      ? never
      : F
  ]: FieldValue<(typeof TRACE_FIELDS)[K][F] & FieldType>;
} & {
  [
    F in keyof (typeof TRACE_FIELDS)[K] as (typeof TRACE_FIELDS)[K][F] extends `${string}?`
      ? F
      : never
  ]?: FieldValue<(typeof TRACE_FIELDS)[K][F] & FieldType> | undefined;
};

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One event of a given kind, as it stands on its JSON line. Its id is its position, counted from 0. */
export type TraceEventOf<K extends TraceKind> = {
  /** Virtual microseconds. */
  tUs: number;
  kind: K;
  /** The process it happened at: `w1`, `w1/2`, or '' for the network as a whole. */
  node: string;
  /** Id of the event that began the turn (a delivery; for a fired timer the event that set it). */
  cause?: number | undefined;
} & Fields<K>;

export type TraceEvent = { [K in TraceKind]: TraceEventOf<K> }[TraceKind];

/** First line of a trace. */
export interface TraceHeader {
  lightcone: 1;
  build: string;
  seed: number;
  /** Processes named in cluster.json, in its order. */
  nodes: readonly string[];
  /** Machine by node, of the nodes on a machine that has a name of its own; absent when there are none. */
  machines?: Readonly<Record<string, string>> | undefined;
  /** Absent: `linux`. With `lab`, TCP gives up early (NET2). */
  tcp?: TcpProfile | undefined;
}

/** What a process waits for when the run ends (KT8). */
export interface Waiting {
  node: string;
  what: string;
  /** The program's own place, `client.ts:7`. */
  line?: string | undefined;
  /** Absent: can never happen. */
  dueUs?: number | undefined;
  /** Who could end the wait. */
  by?: readonly string[] | undefined;
}

export type EndReason =
  /** Nothing foreground is scheduled. */
  | 'quiescent'
  | 'until'
  | 'event-limit'
  /** Too many events at one instant. */
  | 'instant-limit'
  | 'failed';

/** Last line of a trace. */
export interface TraceEnd {
  kind: 'end';
  tUs: number;
  reason: EndReason;
  /** A sentence for `instant-limit` and `failed`. */
  detail?: string | undefined;
  waiting: readonly Waiting[];
  /** Sets of processes whose waits can be ended by their own members only. */
  deadlocks: readonly (readonly string[])[];
  eventCount: number;
  /** SHA-256, hex, of every line between header and end; absent when the run failed. */
  digest?: string | undefined;
}
