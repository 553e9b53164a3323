/** The plain process API of a simulated node. */
declare module 'node' {
  /** Name of this process: `client`, `w1`. */
  export const name: string;
  /** Name of the machine it runs on. */
  export const machine: string;
  /** Environment variables from cluster.json. */
  export const env: Readonly<Record<string, string>>;
  /** Words of the command after the program's name. */
  export const args: readonly string[];

  /** Waits, in virtual seconds. Costs nothing real. */
  export function sleep(seconds: number): Promise<void>;

  /** A connection: ordered and reliable while the link lives, as TCP is. */
  export interface Socket {
    /** Name of the node at the other end. */
    readonly peer: string;
    /** Its port on this machine, and the port at the other end. */
    readonly port: number;
    readonly peerPort: number;
    /**
     * Sends text or bytes. `kind` names the message in the diagram. You need not wait: the promise
     * resolves when the other machine has room, which keeps 256 KiB that its program has not read.
     */
    send(data: string | Uint8Array, kind?: string): Promise<void>;
    /**
     * The next bytes that arrived, or `null` when the other side has closed: one message as it was
     * sent, or with `max` at most so many bytes, across messages, as `recv` does. Rejects after a
     * reset or a time-out.
     */
    receive(max?: number): Promise<Uint8Array | null>;
    /** The same as text. */
    receiveText(max?: number): Promise<string | null>;
    /** Says that nothing more will be sent; what the other side sends is still received. */
    shutdown(): void;
    close(): void;
  }

  export interface Server {
    /** The next connection. Rejects when another process of this machine has the port (EADDRINUSE). */
    accept(): Promise<Socket>;
  }

  /** Connects to a port of a node. Rejects when refused, timed out, or the name is unknown. */
  export function connect(host: string, port: number): Promise<Socket>;
  /** Listens on a port of this machine. Throws when this process does already (EADDRINUSE). */
  export function listen(port: number): Server;

  /** What one datagram brought. */
  export interface Datagram {
    readonly data: Uint8Array;
    /** `data` as text. */
    readonly text: string;
    /** Name of the node that sent it, and its port: where an answer goes. */
    readonly from: string;
    readonly port: number;
  }

  /** A socket for datagrams, as UDP: they may be lost, doubled or overtaken, and nobody is told. */
  export interface DatagramSocket {
    readonly port: number;
    /**
     * Sends text or bytes, at most 65 507 bytes; never waits. `kind` names the message in the diagram.
     * Throws when it is too long (`code` EMSGSIZE) or no node has that name (ENOTFOUND).
     */
    send(host: string, port: number, data: string | Uint8Array, kind?: string): void;
    /**
     * The next datagram, or `null` once the socket is closed. Rejects when another process of this
     * machine has the port (EADDRINUSE); with `onMessage` that ends the process.
     */
    receive(): Promise<Datagram | null>;
    /** Calls `handler` once for each datagram. Keeps this process running until `close`. */
    onMessage(handler: (datagram: Datagram) => void): void;
    close(): void;
  }

  /** Takes a port of this machine for datagrams. Throws when this process has it already (EADDRINUSE). */
  export function datagram(port: number): DatagramSocket;

  /**
   * The next line of input, without its newline: first those of `stdin` in cluster.json, then what is
   * typed while the program runs (an `input` fault). There is no end of input: with nothing left the
   * program waits. `prompt` and the line show in the output, as on a terminal.
   */
  export function readLine(prompt?: string): Promise<string>;

  /**
   * Runs `handler` instead of the default action of a signal such as `SIGTERM`, which is to end with
   * exit code 128 + number. Throws for SIGKILL and SIGSTOP, which no program can handle.
   */
  export function onSignal(signal: string, handler: () => void): void;
  /** Marks something that happened in the world outside (a charge, an e-mail), so that it can be counted. */
  export function effect(name: string, value?: unknown): void;
  /**
   * The files of this machine, shared by all its processes. Relative paths begin at the node's `cwd`
   * (cluster.json; `/work`, where the experiment's files lie, when left out). Folders need not be made. What another process wrote shows at the start of a turn, 50 µs later. A killed
   * process leaves what it wrote; a power-off takes back whatever was not synced. Errors have a
   * `code`: ENOENT, EISDIR, ENOTDIR, EFBIG (a file over 16 MiB), ENOSPC (64 MiB, 10 000 files).
   */
  export const disk: {
    readText(path: string): string;
    readBytes(path: string): Uint8Array;
    /** Replaces the contents, or makes the file. */
    writeText(path: string, text: string): void;
    writeBytes(path: string, bytes: Uint8Array): void;
    /** Adds to the end, or makes the file. */
    appendText(path: string, text: string): void;
    appendBytes(path: string, bytes: Uint8Array): void;
    /** Cuts to `size` bytes (0 when left out), or fills up with zeros. */
    truncate(path: string, size?: number): void;
    /** Takes 1 ms; afterwards the contents survive a power-off, and every earlier new name too. */
    sync(path: string): void;
    exists(path: string): boolean;
    /** Paths of all files in a folder (the node's `cwd` when left out), sorted. */
    list(folder?: string): string[];
    remove(path: string): void;
    /** Takes the place of what was called `to`, at once: nobody ever sees half of it. */
    rename(path: string, to: string): void;
  };
  /** Ends this process. */
  export function exit(code?: number): void;
}
