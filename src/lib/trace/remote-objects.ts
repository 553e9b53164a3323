// Remote objects at a time: name servers with what they know, daemons with what they serve, connections
// with the references that each end holds. Made of what models tell of themselves,
//
//   state  `pyro4 names`                     [[name, uri, tags], …], by a name server
//   state  `pyro4 daemon`                    { location, server, objects, connections, busy, workers, open }
//   state  `rpyc/<port>-<peer>:<port>`       { netrefs, held, of, lent }
//
// and of messages (remote-calls.ts). A pure function of (trace, time, who is known). What does not have
// the shape that it should have is left out: a trace may come from anywhere.

import type { JsonValue } from '#lib/protocol/trace.ts';
import { type RemoteCalls, type Link, type LinkEnd } from './remote-calls.ts';
import { NO_EVENT, type Life, type TraceStore } from './store.ts';
import { isRecord } from './told.ts';

/** `unknown`: nobody has told of a daemon there. */
export type Whereabouts = 'served' | 'no object' | 'nobody' | 'unknown';

export interface NameRow {
  name: string;
  /** `PYRO:shop@server:5000`. */
  uri: string;
  tags: readonly string[];
  /** Whether what it leads to is there. */
  whereabouts: Whereabouts;
}

export interface NameServer {
  node: string;
  life: Life;
  names: readonly NameRow[];
}

export interface ServedObject {
  id: string;
  type: string;
  /** How many instances serve a class: `single`, `session`, `percall`; '' for an object. */
  mode: string;
}

export interface Daemon {
  node: string;
  life: Life;
  /** It has not been shut down. */
  isOpen: boolean;
  /** `server:5000`. */
  location: string;
  /** `thread` or `multiplex`. */
  server: string;
  /** Without the one that every daemon has. */
  objects: readonly ServedObject[];
  connections: number;
  /** Calls that run, */
  busy: number;
  /** and threads that there are for them. */
  workers: number;
}

/** References by class. */
export type Kinds = readonly (readonly [name: string, count: number])[];

export interface Holder {
  node: string;
  life: Life;
  /** Questions without an answer yet, and all that were asked. */
  pending: number;
  asked: number;
  /** Netrefs that live here; null where nobody tells (the real package). */
  netrefs: number | null;
  /** Of which classes; null where these are too many to tell. */
  kinds: Kinds | null;
  /** Objects of this end that the other has netrefs to, as far as this end knows. */
  held: number | null;
}

export interface Reference {
  conn: number;
  port: number;
  isOpen: boolean;
  ends: readonly [Holder, Holder];
}

export interface RemoteObjects {
  nameServers: NameServer[];
  daemons: Daemon[];
  references: Reference[];
}

type IsKnown = (id: number) => boolean;
type ToldDaemon = Omit<Daemon, 'node' | 'life'>;

/** What a process told last, and in which life. */
interface Told<T> {
  node: string;
  incarnation: number;
  value: T;
}

/** The object that every daemon has. */
const OWN_OBJECT = 'Pyro.Daemon';
const URI = /^PYRO:(.+)@(.+)$/;

export class ObjectsFold {
  readonly #trace: TraceStore;
  readonly #calls: RemoteCalls;
  readonly #isKnown: IsKnown | undefined;
  #next = 0;
  readonly #names = new Map<string, Told<NameRow[]>>();
  readonly #daemons = new Map<string, Told<ToldDaemon>>();

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, calls: RemoteCalls, isKnown?: IsKnown) {
    this.#trace = trace;
    this.#calls = calls;
    this.#isKnown = isKnown;
  }

  at(atUs: number): RemoteObjects {
    const { changes } = this.#trace;
    const end = changes.lastAtMost(this.#trace.lastAtOrBefore(atUs)) + 1;
    if (end < this.#next) this.#reset();
    for (; this.#next < end; this.#next++) {
      const id = changes.data[this.#next]!;
      if (this.#isKnown?.(id) ?? true) this.#take(id);
    }
    const known = [...this.#daemons.values()].map((told) => {
      const { node, value } = told;
      const life = this.#lifeOf(node, atUs);
      // What died with its process was not told.
      const left = isThere(life) && value.isOpen ? {} : { connections: 0, busy: 0 };
      return {
        daemon: { ...value, node, life, ...left },
        isOfThisLife: this.#isOfThisLife(told, atUs),
      };
    });
    const daemons = known.filter((it) => it.isOfThisLife).map(({ daemon }) => daemon);
    const places = known.map(({ daemon, isOfThisLife }) => ({
      ...daemon,
      isOpen: daemon.isOpen && isOfThisLife && isThere(daemon.life),
    }));
    return {
      daemons,
      nameServers: [...this.#names.values()]
        .filter((told) => this.#isOfThisLife(told, atUs))
        .map(({ node, value }) => ({
          node,
          life: this.#lifeOf(node, atUs),
          names: value.map((row) => ({ ...row, whereabouts: whereaboutsOf(row.uri, places) })),
        })),
      references: this.#calls
        .linksAt('rpyc', atUs, this.#isKnown)
        .map((link) => this.#referenceOf(link, atUs)),
    };
  }

  #reset(): void {
    this.#next = 0;
    this.#names.clear();
    this.#daemons.clear();
  }

  #take(id: number): void {
    const trace = this.#trace;
    if (trace.kindAt(id) !== 'state') return;
    const name = trace.textAt(id, 'name')!;
    if (name !== 'pyro4 names' && name !== 'pyro4 daemon') return;
    const process = trace.processAt(id);
    const { incarnation } = trace.standingAt(process, trace.timeAt(id));
    const told = { node: process.name, incarnation };
    const given = trace.valueAt(id, 'value') ?? null;
    if (name === 'pyro4 names') {
      const value = readNames(given);
      if (value) this.#names.set(process.name, { ...told, value });
      return;
    }
    const value = readDaemon(given);
    if (value) this.#daemons.set(`${process.name} ${value.location}`, { ...told, value });
  }

  /** A process that was started again has forgotten what it was. */
  #isOfThisLife({ node, incarnation }: Told<unknown>, atUs: number): boolean {
    const process = this.#trace.process(node)!;
    return this.#trace.standingAt(process, atUs).incarnation === incarnation;
  }

  #lifeOf(node: string, atUs: number): Life {
    const { life, sinceId } = this.#trace.standingAt(this.#trace.process(node)!, atUs);
    // Who does not know of a death takes it for silence.
    return life === 'alive' || (this.#isKnown?.(sinceId) ?? true) ? life : 'alive';
  }

  #referenceOf({ conn, port, isOpen, ends }: Link, atUs: number): Reference {
    const [client, server] = ends;
    return {
      ...{ conn, port, isOpen },
      ends: [this.#holderOf(client, isOpen, atUs), this.#holderOf(server, isOpen, atUs)],
    };
  }

  #holderOf({ process, pending, asked, stateId }: LinkEnd, isOpen: boolean, atUs: number): Holder {
    const common = { node: process.name, life: this.#lifeOf(process.name, atUs), pending, asked };
    const told = stateId === NO_EVENT ? null : readEnd(this.#trace.valueAt(stateId, 'value')!);
    if (!told) return { ...common, netrefs: null, kinds: null, held: null };
    // With its connection an end has forgotten all, whether or not it had time to say so.
    return isOpen ? { ...common, ...told } : { ...common, netrefs: 0, kinds: [], held: 0 };
  }
}

/** @param places all that were ever told of; open are those where somebody listens */
function whereaboutsOf(uri: string, places: readonly Daemon[]): Whereabouts {
  const [, id, location] = URI.exec(uri) ?? [];
  const there = places.filter((daemon) => daemon.location === location);
  if (there.length === 0) return 'unknown';
  const listening = there.filter(({ isOpen }) => isOpen);
  if (listening.length === 0) return 'nobody';
  const isServed = listening.some(({ objects }) => objects.some((it) => it.id === id));
  return isServed ? 'served' : 'no object';
}

function isThere(life: Life): boolean {
  return life === 'alive' || life === 'paused';
}

// What models told, as it should be; null when it is not.

function readNames(value: JsonValue): NameRow[] | null {
  if (!Array.isArray(value)) return null;
  const rows: NameRow[] = [];
  for (const entry of value as readonly JsonValue[]) {
    const [name, uri, tags] = Array.isArray(entry) ? (entry as readonly JsonValue[]) : [];
    if (typeof name !== 'string' || typeof uri !== 'string') return null;
    rows.push({ name, uri, tags: readTexts(tags), whereabouts: 'unknown' });
  }
  return rows;
}

function readDaemon(value: JsonValue): ToldDaemon | null {
  if (!isRecord(value) || typeof value['location'] !== 'string') return null;
  const { location, objects } = value;
  const served = Array.isArray(objects) ? (objects as readonly JsonValue[]) : [];
  return {
    location,
    isOpen: value['open'] !== false,
    server: String(value['server']),
    objects: served
      .map(readTexts)
      .map(([id = '', type = '', mode = '']) => ({ id, type, mode }))
      .filter(({ id }) => id !== OWN_OBJECT),
    connections: count(value['connections']),
    busy: count(value['busy']),
    workers: count(value['workers']),
  };
}

function readEnd(value: JsonValue): Pick<Holder, 'netrefs' | 'kinds' | 'held'> | null {
  if (!isRecord(value)) return null;
  const { of } = value;
  const kinds = Array.isArray(of) ? (of as readonly JsonValue[]).map(readKind) : null;
  return { netrefs: count(value['netrefs']), held: count(value['held']), kinds };
}

function readKind(value: JsonValue): readonly [string, number] {
  const [name, number] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return [String(name), count(number)];
}

function readTexts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(String) : [];
}

function count(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
