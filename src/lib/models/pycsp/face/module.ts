// PyCSP as TypeScript learners import it, made once per process. Python's names by one rule: options in
// camelCase, what blocks is awaited; what Python says with an operator is a method (`3 * p` is
// `p.times(3)`, `+channel` is `channel.reader()`). Types: pycsp.d.ts.

import { simErrors } from '#lib/node/engine-errors.ts';
import { repr, show } from '#lib/node/print.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, SimPromise } from '#lib/node/promise.ts';
import type { Channel } from '../engine/channel.ts';
import type { Direction } from '../engine/operation.ts';
import { Csp } from '../engine/csp.ts';
import { type Address, addressOf, Far } from '../engine/network.ts';
import * as errors from '../errors.ts';
import { configurationNames } from './configuration.ts';
import { endOf, endsIn, faceOf, openEnd, poison, retire } from './ends.ts';
import { guardFunctions } from './guards.ts';
import { processFunctions } from './processes.ts';
import { tracingFunctions } from './tracing.ts';

/** PyCSP's own. */
const NAME_LENGTH_MAX = 32;

interface ChannelOptions {
  /** Values that it holds; 0, the default, is a rendezvous. */
  buffer?: number;
  /** The node where the channel lives, and the port of its PyCSP. */
  connect?: readonly [host: string, port: number];
}

/** What `import … from 'pycsp'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  const csp: Csp = new Csp(process, {
    endsIn,
    endOf,
    faceOf: (end) => faceOf(csp, end, new ArrivedChannel(csp, end.channel)),
  });
  const OwnChannel = channelClassOf(csp);
  const names = {
    Channel: OwnChannel,
    kinds: kindsOf(OwnChannel),
    ...processFunctions(csp),
    ...guardFunctions(csp),
    ...configurationNames(csp.settings),
    ...tracingFunctions(csp),
    poison,
    retire,
    ...errors,
    version: Object.freeze([0, 9, 2, 'parallel']),
  };
  return { ...names, default: Object.freeze({ ...names }) };
}

/** A channel as learners hold it. */
class ArrivedChannel {
  readonly #csp: Csp;
  readonly #channel: Channel;

  constructor(csp: Csp, channel: Channel) {
    this.#csp = csp;
    this.#channel = channel;
  }

  get name(): string {
    return this.#channel.name;
  }

  get address(): SimPromise<Address> {
    return run(this.#csp.addressOf(this.#channel));
  }

  reader(): unknown {
    return openEnd(this.#csp, this.#channel, 'read', this);
  }

  writer(): unknown {
    return openEnd(this.#csp, this.#channel, 'write', this);
  }

  disconnect(): SimPromise<void> {
    const { place } = this.#channel;
    if (place instanceof Far) place.disconnect();
    return SimPromise.resolve();
  }

  [repr](): string {
    return `<Channel ${this.#channel.name}>`;
  }
}
Object.defineProperty(ArrivedChannel, 'name', { value: 'Channel' });

/** Where each kind may have one end only; what PyCSP itself has is the last. */
const KINDS: Readonly<Record<string, readonly Direction[]>> = {
  One2OneChannel: ['write', 'read'],
  One2AnyChannel: ['write'],
  Any2OneChannel: ['read'],
  Any2AnyChannel: [],
};

type ChannelClass = ReturnType<typeof channelClassOf>;

function kindsOf(OwnChannel: ChannelClass): Readonly<Record<string, unknown>> {
  const made = Object.entries(KINDS).map(([kind, directions]) => {
    class Kind extends OwnChannel {
      constructor(name: string | null = null, options: { buffer?: number } = {}) {
        super(name, options);
        this.restrict({ kind, directions });
      }
    }
    Object.defineProperty(Kind, 'name', { value: kind });
    return [kind, Kind] as const;
  });
  return Object.freeze(Object.fromEntries(made));
}

function channelClassOf(csp: Csp) {
  class OwnChannel extends ArrivedChannel {
    readonly #isFar: boolean;
    readonly #buffer: number;
    readonly #made: Channel;

    constructor(name: string | null = null, { buffer = 0, connect }: ChannelOptions = {}) {
      const isFar = connect !== undefined && connect !== null;
      if (isFar && name === null) {
        throw new errors.InfoException('Must provide name when connecting to remote channel');
      }
      if (isFar && buffer !== 0) {
        throw new errors.InfoException(
          'Do not specify buffer size when connecting to a hosted channel.',
        );
      }
      const given = nameOf(name);
      const channel = isFar
        ? csp.connectChannel(given!, addressOf(connect))
        : csp.createChannel(given, capacityOf(buffer));
      super(csp, channel);
      this.#made = channel;
      this.#isFar = isFar;
      this.#buffer = buffer;
    }

    protected restrict(single: Channel['single']): void {
      this.#made.single = single;
    }

    /** This channel and `count - 1` others like it (`channel * 3` in Python). */
    times(count: number): OwnChannel[] {
      if (this.#isFar) {
        throw new errors.InfoException(
          'Only hosted channels may be multiplied. Such as Channel()*10.',
        );
      }
      const others = Array.from(
        { length: Math.max(0, count - 1) },
        () => new OwnChannel(null, { buffer: this.#buffer }),
      );
      return [this, ...others];
    }
  }
  Object.defineProperty(OwnChannel, 'name', { value: 'Channel' });
  return OwnChannel;
}

function nameOf(name: unknown): string | null {
  if (name === null || name === undefined) return null;
  if (typeof name !== 'string') {
    throw new simErrors.TypeError(`the name of a channel is text: ${show(name)}`);
  }
  if (name.length > NAME_LENGTH_MAX) {
    throw new simErrors.Error('Channel names are limited to 32 characters');
  }
  return name;
}

function capacityOf(buffer: unknown): number {
  const isSize = Number.isSafeInteger(buffer) && (buffer as number) >= 0;
  if (isSize) return buffer as number;
  throw new simErrors.RangeError(`a buffer is a whole number of values from 0 on: ${show(buffer)}`);
}
