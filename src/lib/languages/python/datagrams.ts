// The UDP sockets of one interpreter: what has arrived and not been read, and from whom a connected
// socket hears (runtime/datagrams.py is their other half).

import { BUFFER_BYTES_MAX, SocketError } from '#lib/node/datagrams.ts';
import type { DatagramSocket, Received } from '#lib/node/datagrams.ts';
import { datagramLabel } from '#lib/node/dissect.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { POLL, type Descriptor, type Descriptors } from './descriptors.ts';
import { previewOf } from './preview.ts';

/** An error's name as errno has it, '' for none. */
type ErrorName = string;

interface Mailbox extends Descriptor {
  /** Set once it has a port. */
  socket: DatagramSocket | null;
  isBinding: boolean;
  /** It hears this machine only. */
  isLoopback: boolean;
  /** The machine and port that it is connected to: it hears nobody else. */
  peer: { machine: string; port: number } | null;
  readonly unread: Received[];
  unreadBytes: number;
  /** What was taken last. */
  last: Received | null;
}

export class Mailboxes {
  readonly #process: NodeProcess;
  readonly #files: Descriptors;
  readonly #boxes = new Set<Mailbox>();

  constructor(process: NodeProcess, files: Descriptors) {
    this.#process = process;
    this.#files = files;
  }

  open(): number {
    const box: Mailbox = {
      ...{ socket: null, isBinding: false, isLoopback: false, peer: null },
      ...{ unread: [], unreadBytes: 0, last: null },
      waiters: [],
      ready: () => POLL.out | (box.unread.length > 0 ? POLL.in : 0),
      release: () => {
        this.#boxes.delete(box);
        box.socket?.close();
      },
    };
    this.#boxes.add(box);
    return this.#files.open(box);
  }

  /** Asks the machine for a port, 0 for any; see `port`. */
  bind(number: number, port: number, isLoopback: boolean): void {
    const box = this.#get(number);
    box.isLoopback = isLoopback;
    box.isBinding = true;
    this.#process.claimDatagramSocket(port).then((socket) => {
      box.isBinding = false;
      if (socket) this.#attach(box, socket);
      this.#files.changed(box);
    });
  }

  /** It has asked for a port and waits for the answer. */
  isBinding(number: number): boolean {
    return this.#get(number).isBinding;
  }

  /** 0 when it has none. */
  port(number: number): number {
    return this.#get(number).socket?.port ?? 0;
  }

  /** Hears from now on only what comes from there; from everybody with host ''. */
  connect(number: number, host: string, port: number): ErrorName {
    const machine = this.#process.machineOf(host);
    if (host && machine === undefined) return 'ENOTFOUND';
    this.#get(number).peer = machine === undefined ? null : { machine, port };
    return '';
  }

  isMailbox(number: number): boolean {
    return this.#boxes.has(this.#files.get(number) as Mailbox);
  }

  /** Sends from its port, which it must have; to every machine with host ''. */
  send(number: number, host: string, port: number, bytes: Uint8Array): ErrorName {
    return host ? this.#send(number, host, port, bytes) : this.#broadcast(number, port, bytes);
  }

  #send(number: number, host: string, port: number, bytes: Uint8Array): ErrorName {
    const socket = this.#get(number).socket!;
    const named = datagramLabel(bytes, socket.port, this.#process.spoken);
    const label = named ?? { proto: 'node', msg: 'data', preview: previewOf(bytes) };
    try {
      socket.send(host, port, bytes, label);
      return '';
    } catch (failure) {
      if (failure instanceof SocketError) return failure.code;
      throw failure;
    }
  }

  /** The cluster is one network: reaches every machine, this one too. */
  #broadcast(number: number, port: number, bytes: Uint8Array): ErrorName {
    for (const machine of new Set(Object.values(this.#process.spec.hosts))) {
      const error = this.#send(number, machine, port, bytes);
      if (error) return error;
    }
    return '';
  }

  /** `data`, or '' when there is nothing yet. */
  hasMail(number: number): 'data' | '' {
    return this.#get(number).unread.length > 0 ? 'data' : '';
  }

  /** Bytes of the next datagram. */
  nextLength(number: number): number {
    return this.#get(number).unread[0]!.bytes.length;
  }

  /** The first `size` bytes of the next datagram: what does not fit is lost, as Linux has it. */
  take(number: number, size: number, isPeek: boolean): Uint8Array {
    const box = this.#get(number);
    const next = box.unread[0]!;
    box.last = next;
    if (!isPeek) {
      box.unread.shift();
      box.unreadBytes -= next.bytes.length;
    }
    return next.bytes.slice(0, size);
  }

  /** Name of the node that sent what was taken last, */
  sender(number: number): string {
    return this.#get(number).last!.from;
  }

  /** and its port there. */
  senderPort(number: number): number {
    return this.#get(number).last!.port;
  }

  #get(number: number): Mailbox {
    const box = this.#files.get(number) as Mailbox;
    if (!this.#boxes.has(box)) throw new RangeError(`no such socket for datagrams: ${number}`);
    return box;
  }

  #attach(box: Mailbox, socket: DatagramSocket): void {
    // Closed while it waited for the answer.
    if (!this.#boxes.has(box)) return socket.close();
    box.socket = socket;
    socket.onMessage((datagram) => {
      if (!this.#isWanted(box, datagram)) return;
      box.unread.push(datagram);
      box.unreadBytes += datagram.bytes.length;
      this.#files.changed(box);
    });
  }

  #isWanted(box: Mailbox, { from, port, bytes }: Received): boolean {
    const { peer, unreadBytes, isLoopback } = box;
    if (unreadBytes + bytes.length > BUFFER_BYTES_MAX) return false;
    if (isLoopback && !this.#process.isLocal(from)) return false;
    return !peer || (peer.port === port && peer.machine === this.#process.machineOf(from));
  }
}
