// Channels between nodes: a home answers at the address of its node, a far node reaches it over one
// connection. Neither poison nor retirement is told when a node dies: who waits for it waits for ever.

import { ConnectionError, type Connection, type Listener } from '#lib/node/connection.ts';
import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, Deferred, run, wait } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import {
  ChannelBindException,
  ChannelConnectException,
  ChannelLostException,
  InfoException,
} from '../errors.ts';
import { SETTING, type Settings } from './configuration.ts';
import type { Home } from './home.ts';
import {
  POISON,
  RETIRE,
  type Direction,
  type Outcome,
  type Request,
  type Taker,
} from './operation.ts';
import type { Place } from './channel.ts';
import { PycspTalk } from '../dissector.ts';
import {
  decodeValue,
  encodeMessage,
  encodeValue,
  type EndCodec,
  type Message,
  MessageReader,
} from './wire.ts';

export type Address = readonly [host: string, port: number];

/** One connection, at both of its ends. */
abstract class Link {
  protected readonly node: NodeProcess;
  readonly #connection: Connection;
  readonly #talk = new PycspTalk();

  constructor(node: NodeProcess, connection: Connection) {
    this.node = node;
    this.#connection = connection;
    run(this.#listen());
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  get peer(): string {
    return this.#connection.peer;
  }

  /** What is said into the void is lost; who waits for an answer waits. */
  send(...message: Message): void {
    const bytes = encodeMessage(message);
    try {
      this.#connection.send(bytes, this.#talk.sent(bytes)).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }

  *#listen(): Body<void> {
    const reader = new MessageReader();
    try {
      for (;;) {
        const bytes = yield* wait(this.#connection.receive());
        if (bytes === null) break;
        for (const message of reader.push(bytes)) this.handle(message);
      }
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      // The connection broke, or somebody speaks another protocol.
    }
    this.#connection.close();
    this.lost();
  }

  protected abstract handle(message: Message): void;
  /** The other side is gone. */
  protected abstract lost(): void;
}

/** A node that uses channels of this one. */
class Visitor extends Link {
  readonly #server: Server;
  readonly #operations = new Map<number, FarOperation>();
  readonly registered = new Set<string>();
  /** The node, as it calls itself. */
  name = '';

  constructor(node: NodeProcess, connection: Connection, server: Server) {
    super(node, connection);
    this.#server = server;
  }

  protected handle([kind, ...given]: Message): void {
    if (kind === 'register') return this.#register(given[0] as string, given[1] as string);
    if (kind === 'accept') {
      this.#operations.get(given[0] as number)?.answered(given[1] === true);
      return;
    }
    const name = given[0] as string;
    const home = this.#server.homes.get(name);
    if (!home) return;
    const direction = given[1] as Direction;
    if (kind === 'deregister') {
      this.registered.delete(name);
      this.#server.changed();
    } else if (kind === 'join') home.join(direction);
    else if (kind === 'retire') home.retire(direction);
    else if (kind === 'poison') home.poison(direction, direction === 'write');
    else if (kind === 'post') this.#post(home, direction, given.slice(2));
    else if (kind === 'withdraw') this.#withdraw(home, given[1] as number);
  }

  #register(node: string, name: string): void {
    this.name = node;
    const isKnown = this.#server.homes.has(name);
    if (isKnown) this.registered.add(name);
    this.send('registered', name, isKnown);
    if (isKnown) this.#server.onregister(name);
  }

  #post(home: Home, direction: Direction, given: readonly unknown[]): void {
    const [number, process, guard, isSure, value] = given as [
      number,
      string,
      number,
      boolean,
      unknown,
    ];
    let operation = this.#operations.get(number);
    if (!operation?.isOpen) {
      const shown = `${this.name}/${process}`;
      operation = new FarOperation(this, [this.name, number], shown, isSure, this.#server.ends);
      this.#operations.set(number, operation);
    }
    const isWrite = direction === 'write';
    home.post(direction, {
      operation,
      guard,
      ...(isWrite && { value: decodeValue(value, this.#server.ends) }),
    });
  }

  #withdraw(home: Home, number: number): void {
    const operation = this.#operations.get(number);
    this.#operations.delete(number);
    if (!operation) return;
    home.forget((it) => it === operation);
    // A lock that was asked for meanwhile is not granted.
    operation.vanish();
  }

  protected lost(): void {
    for (const operation of this.#operations.values()) operation.vanish();
    for (const home of this.#server.homes.values()) {
      home.forget((it) => it instanceof FarOperation && it.visitor === this);
    }
  }
}

/** An operation of another node's process, as it stands at a home. */
class FarOperation implements Taker {
  readonly visitor: Visitor;
  readonly key: readonly [string, number];
  readonly shown: string;
  readonly isSure: boolean;
  readonly #ends: EndCodec;
  hasGiven = false;
  isOpen = true;
  /** Channels of this home that want it: the first has the lock, or has asked for it. */
  readonly #claims: ((isGranted: boolean) => void)[] = [];
  #isLocked = false;

  constructor(
    visitor: Visitor,
    key: readonly [string, number],
    shown: string,
    isSure: boolean,
    ends: EndCodec,
  ) {
    this.visitor = visitor;
    this.key = key;
    this.shown = shown;
    this.isSure = isSure;
    this.#ends = ends;
  }

  get number(): number {
    return this.key[1];
  }

  get isInstant(): boolean {
    return this.isSure;
  }

  acquire(then: (isGranted: boolean) => void): void {
    if (!this.isOpen || !this.visitor.isOpen) return then(false);
    this.#claims.push(then);
    if (this.#claims.length === 1) this.visitor.send('acquire', this.number);
  }

  answered(isGranted: boolean): void {
    if (!isGranted || !this.isOpen) return this.vanish();
    this.#isLocked = true;
    this.#claims[0]?.(true);
  }

  release(): void {
    this.visitor.send('release', this.number);
    this.#isLocked = false;
    this.#claims.shift();
    if (this.#claims.length > 0) this.visitor.send('acquire', this.number);
  }

  end(outcome: Outcome): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const [guard, value] =
      outcome.kind === 'success' ? [outcome.guard, outcome.value] : [null, null];
    this.visitor.send('end', this.number, outcome.kind, guard, encodeValue(value, this.#ends));
    this.#refuse();
  }

  /** It ended elsewhere, or its node is gone. */
  vanish(): void {
    this.isOpen = false;
    this.#refuse();
  }

  /** Who has the lock knows better than the others, or has ended it. */
  #refuse(): void {
    const refused = this.#claims.splice(this.#isLocked ? 1 : 0);
    for (const then of refused) then(false);
  }
}

/** Where channels of this node are found. */
export class Server {
  readonly #node: NodeProcess;
  readonly ends: EndCodec;
  readonly #settings: Settings;
  /** Channels that live here, by name. */
  readonly homes = new Map<string, Home>();
  readonly #visitors: Visitor[] = [];
  #address: PromiseLike<Address> | null = null;
  #onchange: (() => void) | null = null;
  #listener: Listener | null = null;
  /** The address, once somebody has asked for it. */
  known: Address | null = null;
  /** Another node refers to a channel of this one. */
  onregister: (channel: string) => void = () => undefined;

  constructor(node: NodeProcess, ends: EndCodec, settings: Settings) {
    this.#node = node;
    this.ends = ends;
    this.#settings = settings;
  }

  /** Nodes that refer to a channel of this one. */
  nodesAt(channel: string): string[] {
    return this.#visitors
      .filter(({ registered, isOpen }) => isOpen && registered.has(channel))
      .map(({ name }) => name);
  }

  /** What the node's environment says goes before what the program does. */
  #setting(name: 'PYCSP_PORT' | 'PYCSP_HOST'): unknown {
    return this.#node.spec.env[name] || this.#settings.get(SETTING[name]);
  }

  /** Listens from the first time on that somebody asks; 50 µs. */
  address(): PromiseLike<Address> {
    return (this.#address ??= run(this.#listen()));
  }

  /** A port that was named is one that others know. */
  listenIfTold(): void {
    if (this.#setting('PYCSP_PORT')) this.address();
  }

  *#listen(): Body<Address> {
    const wanted = Number(this.#setting('PYCSP_PORT') || 0);
    const named = String(this.#setting('PYCSP_HOST') || '');
    const host = named || this.#node.spec.machine;
    const isHere = this.#node.isLocal(host);
    const port = isHere ? yield* wait(this.#node.claimPort(wanted)) : 0;
    if (port === 0) {
      const triedUs = usFromSeconds(this.#settings.number(SETTING.SOCKETS_BIND_TIMEOUT));
      yield* wait(this.#node.sleepUs(triedUs, { label: 'tries to bind' }));
      throw new ChannelBindException([host, wanted], 'PyCSP unable to bind to address');
    }
    this.#listener = this.#node.listen(port, isLoopback(named));
    this.known = [host, port];
    run(this.#accept(this.#listener));
    return [host, port];
  }

  *#accept(listener: Listener): Body<void> {
    for (;;) {
      const connection = yield* wait(listener.accept());
      this.#visitors.push(new Visitor(this.#node, connection, this));
    }
  }

  changed(): void {
    this.#onchange?.();
  }

  /** Nobody finds channels here any more. */
  close(): void {
    this.#listener?.close();
    for (const visitor of this.#visitors) visitor.close();
  }

  /** Until no other node refers to a channel of this one. */
  *waitForVisitors(): Body<void> {
    for (;;) {
      const left = this.#visitors.find(({ registered }) => registered.size > 0);
      if (!left) return;
      const change = new Deferred<void>();
      this.#onchange = () => change.resolve();
      const what = `shutdown: ${left.peer} to disconnect from its channels`;
      yield* wait(this.#node.waitFor(change.promise, { what, by: [left.peer] }));
    }
  }
}

/** The way to channels of another node. */
class Way extends Link {
  readonly operations = new Map<number, Taker>();
  readonly #asked = new Map<string, Deferred<boolean>>();
  readonly #ends: EndCodec;

  constructor(node: NodeProcess, connection: Connection, ends: EndCodec) {
    super(node, connection);
    this.#ends = ends;
  }

  register(name: string): PromiseLike<boolean> {
    let asked = this.#asked.get(name);
    if (!asked) {
      asked = new Deferred<boolean>();
      this.#asked.set(name, asked);
      this.send('register', this.node.spec.name, name);
    }
    return asked.promise;
  }

  protected handle([kind, ...given]: Message): void {
    if (kind === 'registered')
      return this.#asked.get(given[0] as string)?.resolve(given[1] === true);
    const number = given[0] as number;
    const operation = this.operations.get(number);
    if (kind === 'acquire') {
      if (!operation) return this.send('accept', number, false);
      operation.acquire((isGranted) => this.send('accept', number, isGranted));
    } else if (kind === 'release') operation?.release();
    else if (kind === 'end' && operation) {
      this.operations.delete(number);
      operation.end(this.#outcomeOf(given));
    }
  }

  #outcomeOf([, kind, guard, value]: readonly unknown[]): Outcome {
    if (kind === 'poison') return POISON;
    if (kind === 'retire') return RETIRE;
    return { kind: 'success', guard: guard as number, value: decodeValue(value, this.#ends) };
  }

  protected lost(): void {
    for (const asked of this.#asked.values()) asked.resolve(false);
  }
}

/** The connections of a node to where others' channels live. */
export class Ways {
  readonly #node: NodeProcess;
  readonly ends: EndCodec;
  readonly settings: Settings;
  readonly #open = new Map<string, PromiseLike<Way>>();
  readonly #made: Way[] = [];

  constructor(node: NodeProcess, ends: EndCodec, settings: Settings) {
    this.#node = node;
    this.ends = ends;
    this.settings = settings;
  }

  /** Something went wrong that nobody has to know of: the real one says so on stderr. */
  complain(text: string): void {
    this.#node.write('stderr', `${text}\n`, false);
  }

  close(): void {
    for (const way of this.#made) way.close();
  }

  /** Tries for a while. @throws ChannelConnectException */
  *to(name: string, address: Address): Body<Way> {
    const key = address.join(':');
    const known = this.#open.get(key);
    if (known) {
      const way = yield* wait(known);
      if (way.isOpen) return way;
    }
    const connecting = run(this.#connect(name, address));
    this.#open.set(key, connecting);
    connecting.catch(() => this.#open.delete(key));
    return yield* wait(connecting);
  }

  *#connect(name: string, [host, port]: Address): Body<Way> {
    const triedUs = usFromSeconds(this.settings.number(SETTING.SOCKETS_CONNECT_TIMEOUT));
    const retryUs = usFromSeconds(this.settings.number(SETTING.SOCKETS_CONNECT_RETRY_DELAY));
    const endUs = this.#node.nowUs() + triedUs;
    for (;;) {
      try {
        const options = { what: `a connection to ${host}:${port}`, by: [host] };
        const connection = yield* wait(this.#node.waitFor(this.#node.connect(host, port), options));
        const way = new Way(this.#node, connection, this.ends);
        this.#made.push(way);
        return way;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        if (this.#node.nowUs() >= endUs) throw unreachable(name, [host, port]);
      }
      yield* wait(this.#node.sleepUs(retryUs, { label: 'tries to connect again' }));
    }
  }
}

function unreachable(name: string, address: Address): ChannelConnectException {
  return new ChannelConnectException(address, unreached('register channel', name, address));
}

function unreached(what: string, name: string, [host, port]: Address): string {
  return `PyCSP (${what}) unable to reach channel home thread ('${name}' at ('${host}', ${port}))`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.');
}

/** Where a channel lives that is another node's. What is said before the connection is there waits for it. */
export class Far implements Place {
  readonly #name: string;
  readonly address: Address;
  readonly #ways: Ways;
  #way: Way | null = null;
  #connecting: PromiseLike<Way> | null = null;
  /** How it has ended, as far as this node knows. */
  #ending: Outcome | null = null;
  readonly #unsaid: ((way: Way) => void)[] = [];

  constructor(ways: Ways, name: string, address: Address) {
    this.#ways = ways;
    this.#name = name;
    this.address = address;
  }

  /** @throws ChannelConnectException, ChannelLostException when there was a connection before */
  *connect(): Body<void> {
    if (this.#way?.isOpen) return;
    const hadWay = this.#way !== null;
    this.#connecting ??= run(this.#register());
    try {
      yield* wait(this.#connecting);
    } catch (error) {
      if (!hadWay || !(error instanceof ChannelConnectException)) throw error;
      throw new ChannelLostException(
        this.address,
        unreached('enter channel', this.#name, this.address),
      );
    }
  }

  *#register(): Body<Way> {
    try {
      const way = yield* this.#ways.to(this.#name, this.address);
      if (!(yield* wait(way.register(this.#name)))) throw unreachable(this.#name, this.address);
      this.#way = way;
      for (const say of this.#unsaid.splice(0)) say(way);
      return way;
    } finally {
      this.#connecting = null;
    }
  }

  #say(say: (way: Way) => void): void {
    if (this.#way?.isOpen) say(this.#way);
    else this.#unsaid.push(say);
  }

  join(direction: Direction): void {
    this.#say((way) => way.send('join', this.#name, direction));
  }

  retire(direction: Direction): void {
    if (this.#isLost('retire from channel')) return;
    this.#say((way) => way.send('retire', this.#name, direction));
  }

  poison(direction: Direction): void {
    if (this.#ending === POISON) return;
    this.#ending = POISON;
    if (this.#isLost('poison channel')) return;
    this.#say((way) => way.send('poison', this.#name, direction));
  }

  /** The connection broke: what is left undone is said on stderr. @throws ChannelLostException if strict */
  #isLost(what: string): boolean {
    if (!this.#way || this.#way.isOpen) return false;
    const text = unreached(what, this.#name, this.address);
    const { settings } = this.#ways;
    if (settings.get(SETTING.SOCKETS_STRICT_MODE))
      throw new ChannelLostException(this.address, text);
    this.#ways.complain(text);
    return true;
  }

  post(direction: Direction, { operation, guard, value }: Request): void {
    if (this.#ending) return operation.end(this.#ending);
    const encoded = encodeValue(value, this.#ways.ends);
    const { number, shown, isSure } = operation;
    this.#say((way) => {
      if (!operation.isOpen) return;
      way.operations.set(number, operation);
      way.send('post', this.#name, direction, number, shown, guard, isSure, encoded);
    });
  }

  withdraw(_direction: Direction, { operation }: Request): void {
    const { number, isSure, outcome } = operation as Taker & { outcome: Outcome | null };
    if (outcome === POISON || outcome === RETIRE) this.#ending ??= outcome;
    if (this.#way?.operations.delete(number) && !isSure)
      this.#way.send('withdraw', this.#name, number);
  }

  disconnect(): void {
    this.#way?.send('deregister', this.#name);
    this.#way = null;
  }
}

/** @throws InfoException for anything but `[host, port]` */
export function addressOf(given: unknown): Address {
  const [host, port] = Array.isArray(given) ? (given as unknown[]) : [];
  const isPort = Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536;
  if (typeof host === 'string' && isPort) return [host, port as number];
  throw new InfoException('connect is [host, port] of the node where the channel lives');
}
