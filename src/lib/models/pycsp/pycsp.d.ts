/**
 * PyCSP: processes that share nothing and meet at channels.
 *
 * ```ts
 * const counter = process(async function counter(cout: ChannelEndWrite<number>, limit: number) {
 *   for (let i = 0; i < limit; i++) await cout(i);
 *   await poison(cout);
 * });
 * const printer = process(async function printer(cin: ChannelEndRead<number>) {
 *   for (;;) console.log(await cin());
 * });
 * const a = new Channel<number>('A');
 * await Parallel(counter(a.writer(), 5), printer(a.reader()));
 * await shutdown();
 * ```
 *
 * Names and behaviour of PyCSP 0.9.2 (`pycsp.parallel`), with options in camelCase; what blocks in Python
 * is awaited; times are seconds. Inside one node values are passed by reference, as there.
 */
declare module 'pycsp' {
  /** What both kinds of channel ends have. */
  export interface ChannelEnd {
    readonly channel: Channel<unknown>;
    readonly channelName: string;
    isReader(): boolean;
    isWriter(): boolean;
    /** Ends the channel for everybody at once; what lies in its buffer is lost. */
    poison(): Promise<void>;
    /** Leaves the channel. When the last end of a side has left, the channel is retired. */
    retire(): Promise<void>;
    /** Gives up the connection to a channel of another node; the next use makes it again. */
    disconnect(): Promise<void>;
  }

  /** The reading end: `await cin()`. */
  export interface ChannelEndRead<T = unknown> extends ChannelEnd {
    /**
     * Waits for a value.
     *
     * @throws ChannelPoisonException, ChannelRetireException
     */
    (): Promise<T>;
  }

  /** The writing end: `await cout(value)`. */
  export interface ChannelEndWrite<T = unknown> extends ChannelEnd {
    /**
     * Waits until a reader has taken the value, or the buffer has.
     *
     * @throws ChannelPoisonException, ChannelRetireException
     */
    (value: T): Promise<void>;
  }

  export interface ChannelOptions {
    /** Values that the channel holds, from 0 on. 0, the default: a write waits for its reader. */
    buffer?: number;
    /** The node where the channel lives, and the port of its PyCSP. */
    connect?: readonly [host: string, port: number];
  }

  /** A channel from any number of writers to any number of readers. */
  export class Channel<T = unknown> {
    /**
     * @param name at most 32 characters; made up when it is left out
     * @throws InfoException for a name that this node has already
     */
    constructor(name?: string | null, options?: ChannelOptions);
    readonly name: string;
    /** Where other nodes find it: host and port. */
    readonly address: Promise<readonly [host: string, port: number]>;
    /** Makes a new reading end; each counts as one reader (`+channel` in Python). */
    reader(): ChannelEndRead<T>;
    /** Makes a new writing end; each counts as one writer (`-channel` in Python). */
    writer(): ChannelEndWrite<T>;
    /** This channel and `count - 1` others like it (`channel * 3` in Python). */
    times(count: number): Channel<T>[];
    /** Gives up the connection to another node, which may then end. */
    disconnect(): Promise<void>;
  }

  /**
   * The four kinds of the textbooks. PyCSP itself has one, `Channel`; these are the same and refuse a
   * second end (InfoException) where there may be one.
   */
  export namespace kinds {
    /** One writer, one reader. */
    class One2OneChannel<T = unknown> extends Channel<T> {}
    /** One writer, any readers. */
    class One2AnyChannel<T = unknown> extends Channel<T> {}
    /** Any writers, one reader. */
    class Any2OneChannel<T = unknown> extends Channel<T> {}
    class Any2AnyChannel<T = unknown> extends Channel<T> {}
  }

  /** A process that was made and not started. */
  export class Process<R = unknown> {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any arguments
    constructor(fn: (...args: any[]) => R | Promise<R>, ...args: unknown[]);
    /** 32 hex digits and the function's name. */
    readonly id: string;
    /** This process and `count - 1` copies, each with channel ends of its own (`3 * p` in Python). */
    times(count: number): Process<R>[];
  }

  /** Makes a function into one that gives processes. The function's name is that of the process. */
  export function process<A extends unknown[], R>(
    fn: (...args: A) => R | Promise<R>,
  ): (...args: A) => Process<R>;

  type Processes = (Process | Process[])[];

  /** Runs processes beside each other, until the last has ended. Gives what they returned, in order. */
  export function Parallel(...processes: Processes): Promise<unknown[]>;
  /** Runs processes one after another. */
  export function Sequence(...processes: Processes): Promise<unknown[]>;
  /** Starts processes; the one that runs ends after them. */
  export function Spawn(...processes: Processes): Promise<void>;
  /** 32 hex digits and the name of the process that runs, `__INIT__` for the program itself. */
  export function currentProcessId(): string;
  /** Waits for what was spawned, and lets the node end. Without it a program of PyCSP never ends. */
  export function shutdown(): Promise<void>;

  /** Poisons channels by their ends, or lists of ends. */
  export function poison(...ends: (ChannelEnd | ChannelEnd[])[]): Promise<void>;
  /** Retires ends, or lists of ends. Twice is harmless. */
  export function retire(...ends: (ChannelEnd | ChannelEnd[])[]): Promise<void>;

  /** Numbers of settings, for `Configuration`. Times are seconds. */
  export const SOCKETS_CONNECT_TIMEOUT: 0;
  export const SOCKETS_CONNECT_RETRY_DELAY: 1;
  export const SOCKETS_BIND_TIMEOUT: 2;
  export const SOCKETS_BIND_RETRY_DELAY: 3;
  /** Who retires or poisons at a lost connection gets ChannelLostException, not a line on stderr. */
  export const SOCKETS_STRICT_MODE: 4;
  /** Where other nodes find channels of this one; `PYCSP_PORT` and `PYCSP_HOST` in `env` go before. */
  export const PYCSP_PORT: 5;
  export const PYCSP_HOST: 6;
  /** The settings of the node: all objects of this class are of one mind. */
  export class Configuration {
    /** @throws InfoException for an unknown setting */
    get(setting: number): unknown;
    set(setting: number, value: unknown): void;
  }

  /**
   * Begins a trace of PyCSP's own format: a dictionary of Python's in each line of a file on the node's
   * disk, of all that is done from here on. In Python `from pycsp.common.trace import *` does it.
   *
   * @param file `pycsp_trace.log` when none is given
   */
  export function TraceInit(file?: string | null, options?: { stdout?: boolean }): void;
  /** A line of the program's own. */
  export function TraceMsg(message: unknown): void;
  /** Ends the trace. Without it `shutdown()` waits for ever. */
  export function TraceQuit(): void;

  /** What a guard does when it is chosen; of a timeout or a skip `channelInput` is undefined. */
  export type InputAction<T = unknown> = ((input: { channelInput: T }) => unknown) | Choice;
  export type OutputAction = (() => unknown) | Choice;
  export interface Choice {
    readonly [kind: symbol]: never;
  }
  /** Makes a function into one that gives actions; what was read comes last, as `{channelInput}`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any arguments
  export function choice(fn: (...args: any[]) => unknown): (...args: unknown[]) => Choice;

  interface Guard {
    readonly action: unknown;
  }
  export class InputGuard<T = unknown> implements Guard {
    constructor(cin: ChannelEndRead<T>, options?: { action?: InputAction<T> });
    readonly action: unknown;
  }
  export class OutputGuard<T = unknown> implements Guard {
    constructor(cout: ChannelEndWrite<T>, msg: T, options?: { action?: OutputAction });
    readonly action: unknown;
  }
  /** Is ready after so many seconds. */
  export class TimeoutGuard implements Guard {
    constructor(seconds: number, options?: { action?: InputAction });
    readonly action: unknown;
  }
  /** Is ready at once. */
  export class SkipGuard implements Guard {
    constructor(options?: { action?: InputAction });
    readonly action: unknown;
  }
  export { TimeoutGuard as Timeout, SkipGuard as Skip };

  /** The end or guard that was chosen, and what was read. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of one of several channels
  type Chosen = [chosen: any, message: any];
  type Guards = (Guard | Guard[])[];

  /** Takes any guard that is ready; which one, the seed decides. */
  export function AltSelect(...guards: Guards): Promise<Chosen>;
  /** Takes the first guard that is ready. */
  export function PriSelect(...guards: Guards): Promise<Chosen>;
  /** Takes the guard that was chosen least often by this process at this line. */
  export function FairSelect(...guards: Guards): Promise<Chosen>;

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- ends of several channels
  type AnyEnd = ChannelEndRead<any> | [ChannelEndWrite<any>, unknown] | TimeoutGuard | SkipGuard;

  /** The older way to choose: `[cin, action]`, `[cout, message, action]`, or maps from the first to the action. */
  export class Alternation {
    constructor(
      guards: readonly (readonly unknown[] | Map<AnyEnd, InputAction | OutputAction | null>)[],
      options?: {
        /** The first that is ready is taken. Default: any. */
        ensurePriority?: boolean;
      },
    );
    /** Waits, and does what the chosen guard says. */
    execute(): Promise<Chosen>;
    /** Waits, and leaves the rest to the program. */
    select(): Promise<Chosen>;
  }

  /** Somebody has poisoned the channel. Who does not catch it passes it on to the ends it was given. */
  export class ChannelPoisonException extends Error {}
  /** All readers or all writers have retired. Who does not catch it retires the ends it was given. */
  export class ChannelRetireException extends Error {}
  export class ChannelSocketException extends Error {
    readonly addr: readonly [host: string, port: number];
  }
  /** Nobody answers where the channel is said to live. */
  export class ChannelConnectException extends ChannelSocketException {}
  /** The port is taken that other nodes are to find channels at. */
  export class ChannelBindException extends ChannelSocketException {}
  /** The connection to a channel broke and could not be made again. */
  export class ChannelLostException extends ChannelSocketException {}
  /** The library is used in a way that it does not allow. */
  export class InfoException extends Error {}
  export class FatalException extends Error {}

  export const version: readonly [0, 9, 2, 'parallel'];
}
