// What a registry knows: which servers offer which service, and when each last said so. It forgets who
// has been silent for too long.

import { usFromSeconds } from '#lib/protocol/time.ts';
import type { Brine } from './brine.ts';
import { REGISTRY_MAGIC } from './consts.ts';

export type Place = readonly [host: string, port: number];

interface Entry {
  place: Place;
  seenUs: number;
}

export interface RegistryOptions {
  /** Seconds of silence after which a server is forgotten. Default 240. */
  pruningTimeout?: number;
  /** Whether it says which services there are. Default `false`. */
  allowListing?: boolean;
}

const PRUNING_TIMEOUT = 240;

export class Registry {
  readonly #services = new Map<string, Map<string, Entry>>();
  readonly #pruningUs: number;
  readonly #allowsListing: boolean;

  constructor({ pruningTimeout = PRUNING_TIMEOUT, allowListing = false }: RegistryOptions) {
    this.#pruningUs = usFromSeconds(pruningTimeout);
    this.#allowsListing = allowListing;
  }

  /** The answer to a question from there, or undefined when it is none. */
  answer(message: Brine, host: string, nowUs: number): Brine | undefined {
    const [magic, command, args] = listOf(message);
    const [first = null, second = null] = listOf(args);
    if (magic !== REGISTRY_MAGIC) return undefined;
    switch (command) {
      case 'QUERY':
        return this.#query(String(first).toUpperCase(), nowUs);
      case 'LIST':
        return this.#allowsListing ? this.#list(listOf(first)[0] ?? null) : null;
      case 'REGISTER':
        for (const name of listOf(first)) {
          this.#note(String(name).toUpperCase(), [host, Number(second)], nowUs);
        }
        return 'OK';
      case 'UNREGISTER':
        for (const name of [...this.#services.keys()]) this.#remove(name, [host, Number(first)]);
        return 'OK';
      default:
        return undefined;
    }
  }

  #note(name: string, place: Place, seenUs: number): void {
    const entries = this.#services.get(name) ?? new Map<string, Entry>();
    const key = place.join(' ');
    const known = entries.get(key);
    if (known) known.seenUs = seenUs;
    else entries.set(key, { place, seenUs });
    this.#services.set(name, entries);
  }

  #remove(name: string, place: Place): void {
    const entries = this.#services.get(name);
    entries?.delete(place.join(' '));
    if (entries?.size === 0) this.#services.delete(name);
  }

  /** Who spoke last comes last. */
  #query(name: string, nowUs: number): Brine {
    const entries = [...(this.#services.get(name)?.values() ?? [])];
    const isStale = ({ seenUs }: Entry): boolean => seenUs < nowUs - this.#pruningUs;
    for (const { place } of entries.filter(isStale)) this.#remove(name, place);
    const alive = entries.filter((it) => !isStale(it)).sort((a, b) => a.seenUs - b.seenUs);
    return alive.map(({ place }) => [...place]);
  }

  #list(host: Brine): Brine {
    const isThere = (entries: Map<string, Entry>): boolean =>
      host === null || [...entries.values()].some(({ place }) => place[0] === host);
    return [...this.#services].filter(([, entries]) => isThere(entries)).map(([name]) => name);
  }
}

function listOf(value: Brine | undefined): readonly Brine[] {
  return Array.isArray(value) ? (value as readonly Brine[]) : [];
}
