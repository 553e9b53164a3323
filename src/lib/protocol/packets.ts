// What crosses the border between the kernel and a process: inputs one way, stamped operations the
// other. Plain data, so that the border can be a function call or a postMessage (NODE3).
// The kernel believes nothing that comes back: see runtime/packet-reader.ts.

import type { FileAction, FileImage } from './file-tree.ts';

/** A reference to an input: the kernel turns it into the id of a trace event once that is committed. */
export type Ticket = number;

/**
 * What a field of an input or an operation may hold. The limits are in runtime/packet-reader.ts: an
 * answer that breaks one ends its process.
 */
export interface PacketFieldTypes {
  /** A safe integer from 0 on. */
  int: number;
  'int?': number | undefined;
  /** A safe integer. */
  signed: number;
  /** Any finite number. */
  float: number;
  /** From 0 to 2 ** 31 - 1. */
  id: number;
  /** From 0 to 65 535. */
  port: number;
  flag: boolean;
  /** A name: up to 200 characters. Names come again and again, and cross once. */
  name: string;
  'name?': string | undefined;
  'name|null': string | null;
  /** Up to 64 texts of up to 1 000 characters. */
  names: readonly string[];
  /** The program's own place, `client.ts:7`: up to 300 characters. */
  'place?': string | undefined;
  /** Up to 200 characters that hardly come again. */
  preview: string;
  /** A line of output: up to 4 200 characters. */
  text: string;
  /** A sentence: up to 1 000 characters. */
  'reason?': string | undefined;
  bytes: Uint8Array;
  action: FileAction;
  /** Absolute and plain, see `pathOf`. */
  path: string;
  'path?': string | undefined;
  /** A JSON value of up to 1 000 parts, or undefined. */
  json: unknown;
}

export type PacketFieldType = keyof PacketFieldTypes;
type Fields = Readonly<Record<string, PacketFieldType>>;

/**
 * Every kind of input and its fields, after `kind`, `tUs` and `ticket`. A new kind is one line here:
 * types, encoding and checks all come from this table.
 */
export const INPUT_FIELDS = {
  start: {},
  /** `fromPort`: the port that the connection has on this machine. */
  open: { conn: 'id', fromPort: 'port' },
  /** `fromPort`: the port that it has where it comes from. */
  accept: { conn: 'id', port: 'port', from: 'name', fromPort: 'port' },
  refuse: { conn: 'id' },
  data: { conn: 'id', bytes: 'bytes' },
  close: { conn: 'id' },
  reset: { conn: 'id' },
  timeout: { conn: 'id' },
  /** The other program has read so many bytes of this connection in all. */
  room: { conn: 'id', readBytes: 'int' },
  /** The answer to a `claim`: its port, taken or given; of number 0: a `listen` or `bind` that was refused. */
  claimed: { claim: 'id', port: 'port', isTaken: 'flag', isDatagram: 'flag' },
  /** A datagram reached a port of this process; `from` is the node that sent it. */
  datagram: { port: 'port', from: 'name', fromPort: 'port', bytes: 'bytes' },
  signal: { name: 'name' },
  child: { child: 'name', code: 'int', signal: 'name|null' },
  pause: {},
  resume: {},
  /** A line was typed. */
  input: { text: 'text' },
  /**
   * From here on begins no turn: it holds for every turn that begins at `tUs` or later, and has no
   * ticket. `file`: another process changed the file tree; the change has this number.
   */
  file: { number: 'int', action: 'action', path: 'path', to: 'path?', size: 'int', bytes: 'bytes' },
  /** The next change of the process's own is real. */
  ownFile: {},
  /** The machine's CPU has another speed, its wall clock another skew. */
  machine: { speed: 'float', skewUs: 'signed' },
} as const satisfies Readonly<Record<string, Fields>>;

/**
 * Every kind of operation and its fields, after `op` and `tUs`. A new kind is one line here.
 * Connection ids are the process's own: odd when it connected, even when it accepted.
 */
export const OP_FIELDS = {
  /** A turn begins, for this input or this timer, and lasts until `endUs`. */
  turn: { ticket: 'signed', timer: 'int', endUs: 'int' },
  /** `background`: '' foreground · '*' background · else foreground while that obligation is held, or with `!` before it while it is not (KT7). */
  timerSet: { timer: 'int', dueUs: 'int', background: 'name', label: 'name?' },
  timerCancel: { timer: 'int' },
  /** Asks for a port of the machine, 0 for any, and is answered 50 µs later. Of datagrams: a `bind`. */
  claim: { claim: 'id', port: 'port', isDatagram: 'flag' },
  unclaim: { port: 'port' },
  listen: { port: 'port', loopback: 'flag' },
  unlisten: { port: 'port' },
  /** The program took a connection that had arrived at this port. */
  accepted: { port: 'port' },
  /** The program read so many bytes more. */
  read: { conn: 'id', count: 'int' },
  /** `fromPort`: the process's own, 0 for any. */
  connect: { conn: 'id', host: 'name', port: 'port', fromPort: 'port', line: 'place?' },
  send: {
    conn: 'id',
    bytes: 'bytes',
    proto: 'name',
    msg: 'name',
    preview: 'preview',
    line: 'place?',
    mark: 'name?',
  },
  /** Takes and gives back a port for datagrams. */
  bind: { port: 'port' },
  unbind: { port: 'port' },
  /** From the process's own `port`. */
  datagram: {
    port: 'port',
    host: 'name',
    toPort: 'port',
    bytes: 'bytes',
    proto: 'name',
    msg: 'name',
    preview: 'preview',
    line: 'place?',
  },
  /** Nothing more will be sent; what arrives is still read. */
  shut: { conn: 'id' },
  /** The program has left something unread, or has read it after all. */
  unread: { conn: 'id', flag: 'flag' },
  close: { conn: 'id' },
  reset: { conn: 'id' },
  /** A line of output so far, when the program stops to wait for input. */
  partial: { stream: 'name', text: 'text' },
  log: { stream: 'name', text: 'text', line: 'place?' },
  state: { name: 'name', value: 'json' },
  effect: { name: 'name', value: 'json' },
  span: { begin: 'flag', span: 'int', name: 'name', detail: 'name?' },
  /** `dueUs`: when it ends by itself · `by`: whose action could end it (KT8). */
  wait: {
    begin: 'flag',
    wait: 'int',
    what: 'name',
    line: 'place?',
    dueUs: 'int?',
    by: 'names',
  },
  /** How many obligations of this name the process holds for the cluster, by difference. */
  oblige: { token: 'name', delta: 'signed' },
  /** The file tree of the machine changes: a FileChange (NODE9). */
  file: {
    action: 'action',
    path: 'path',
    to: 'path?',
    size: 'int',
    bytes: 'bytes',
    line: 'place?',
  },
  /**
   * `path` was read, or listed: so many bytes or names, as the change numbered `saw` left it; 0 for
   * the process's own change, or none.
   */
  look: { isList: 'flag', path: 'path', size: 'int', saw: 'int', line: 'place?' },
  /** A signal for a child. */
  signal: { child: 'name', name: 'name' },
  spawn: { child: 'name', argv: 'names', conn: 'id' },
  /** `signal`: whose default action it was. */
  exit: { code: 'int', reason: 'reason?', signal: 'name?' },
} as const satisfies Readonly<Record<string, Fields>>;

type Values<F> = { -readonly [N in keyof F]: PacketFieldTypes[F[N] & PacketFieldType] };

export type InputKind = keyof typeof INPUT_FIELDS;
export type OpKind = keyof typeof OP_FIELDS;

/** Something that happens to a process at a known time. */
export type Input = {
  [K in InputKind]: { tUs: number; ticket: Ticket; kind: K } & Values<(typeof INPUT_FIELDS)[K]>;
}[InputKind];

/** What a process did, each with the virtual time at which it did it. */
export type Op = {
  [K in OpKind]: { tUs: number; op: K } & Values<(typeof OP_FIELDS)[K]>;
}[OpKind];

/** Run every turn that begins before `boundUs`. */
export interface Batch {
  inputs: Input[];
  boundUs: number;
  /** No core is free before this: a turn that is ready earlier begins then. */
  notBeforeUs: number;
}

export interface Answer {
  ops: Op[];
  /** When the next turn would begin if nothing else arrived; Infinity when none would. */
  nextUs: number;
}

/** A wait as the process itself reports it at the end of a run (KT8). */
export interface OpenWait {
  what: string;
  line: string | undefined;
  dueUs: number | undefined;
  by: readonly string[];
}

/** Everything a process needs to come to life. */
export interface ProcessSpec {
  /** `w1` or `w1/2`. */
  name: string;
  machine: string;
  /** The cluster's names, with the machine each one means; the same table for every process. */
  hosts: Readonly<Record<string, string>>;
  /** Names that mean something of their own here, `localhost` above all; these go first. */
  aliases: Readonly<Record<string, string>>;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Where relative paths begin. */
  cwd: string;
  pid: number;
  incarnation: number;
  seed: number;
  /** Of its machine. */
  cores: number;
  speed: number;
  skewUs: number;
  /** The pipe to the parent of a spawned process, 0 when there is none. */
  parentConn: number;
  parent: string | undefined;
  /** The machine's files as they are when the process starts. */
  files: readonly FileImage[];
  /** Lines of standard input. */
  stdin: readonly string[];
  /** See NodeSpec. */
  schedule?: readonly number[];
}
