// What crosses the border between the kernel and a process: inputs one way, stamped operations the
// other. Plain data, so that the border can be a function call or a postMessage (NODE3).
// The kernel believes nothing that comes back: see kernel/validate.ts.

/** A reference to an input: the kernel turns it into the id of a trace event once that is committed. */
export type Ticket = number;

/** Something that happens to a process at a known time. */
export type Input = { tUs: number; ticket: Ticket } & (
  | { kind: 'start' }
  | { kind: 'open'; conn: number }
  | { kind: 'accept'; conn: number; port: number; from: string }
  | { kind: 'refuse'; conn: number }
  | { kind: 'data'; conn: number; bytes: Uint8Array }
  | { kind: 'close'; conn: number }
  | { kind: 'reset'; conn: number }
  | { kind: 'timeout'; conn: number }
  | { kind: 'signal'; name: string }
  | { kind: 'child'; child: string; code: number; signal: string | null }
  | { kind: 'pause' }
  | { kind: 'resume' }
);

export type InputKind = Input['kind'];

/**
 * What a process did, each with the virtual time at which it did it.
 * Connection ids are the process's own: odd when it connected, even when it accepted.
 */
export type Op = { tUs: number } &
  /** A turn begins, for this input or this timer, and lasts until `endUs`. */
  (
    | { op: 'turn'; ticket: Ticket; timer: number; endUs: number }
    /** `background`: '' foreground · '*' background · else foreground while that obligation is held (KT7). */
    | {
        op: 'timerSet';
        timer: number;
        dueUs: number;
        background: string;
        label: string | undefined;
      }
    | { op: 'timerCancel'; timer: number }
    | { op: 'listen'; port: number; loopback: boolean }
    | { op: 'unlisten'; port: number }
    | { op: 'connect'; conn: number; host: string; port: number; line: string | undefined }
    | {
        op: 'send';
        conn: number;
        bytes: Uint8Array;
        proto: string;
        msg: string;
        preview: string;
        line: string | undefined;
        mark: string | undefined;
      }
    | { op: 'close'; conn: number }
    | { op: 'reset'; conn: number }
    | { op: 'log'; stream: string; text: string; line: string | undefined }
    | { op: 'state'; name: string; value: unknown }
    | { op: 'effect'; name: string; value: unknown }
    | { op: 'span'; begin: boolean; span: number; name: string; detail: string | undefined }
    | { op: 'wait'; begin: boolean; wait: number; what: string; line: string | undefined }
    /** How many obligations of this name the process holds for the cluster, by difference. */
    | { op: 'oblige'; token: string; delta: number }
    | { op: 'spawn'; child: string; argv: readonly string[]; conn: number }
    | { op: 'exit'; code: number; reason: string | undefined }
  );

export type OpKind = Op['op'];

/** Run every turn that begins before `boundUs`. */
export interface Batch {
  inputs: Input[];
  boundUs: number;
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
  pid: number;
  incarnation: number;
  seed: number;
  speed: number;
  skewUs: number;
  /** The pipe to the parent of a spawned process, 0 when there is none. */
  parentConn: number;
  parent: string | undefined;
}
