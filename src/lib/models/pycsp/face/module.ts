// PyCSP as TypeScript learners import it, made once per process. Python's names by one rule: options in
// camelCase, what blocks is awaited; what Python says with an operator is a method (`3 * p` is
// `p.times(3)`, `+channel` is `channel.reader()`). Types: pycsp.d.ts.

import { simErrors } from '#lib/node/engine-errors.ts';
import { repr, show } from '#lib/node/print.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Channel } from '../engine/channel.ts';
import { Csp } from '../engine/csp.ts';
import * as errors from '../errors.ts';
import { endsIn, faceOf, poison, retire } from './ends.ts';
import { guardFunctions } from './guards.ts';
import { processFunctions } from './processes.ts';

/** PyCSP's own. */
const NAME_LENGTH_MAX = 32;

interface ChannelOptions {
  /** Values that it holds; 0, the default, is a rendezvous. */
  buffer?: number;
}

/** What `import … from 'pycsp'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  const csp = new Csp(process);
  csp.endsIn = endsIn;
  const names = {
    Channel: channelClassOf(csp),
    ...processFunctions(csp),
    ...guardFunctions(csp),
    poison,
    retire,
    ...errors,
    version: Object.freeze([0, 9, 2, 'parallel']),
  };
  return { ...names, default: Object.freeze({ ...names }) };
}

function channelClassOf(csp: Csp): unknown {
  class OwnChannel {
    readonly #channel: Channel;
    readonly #buffer: number;

    constructor(name: string | null = null, { buffer = 0 }: ChannelOptions = {}) {
      this.#channel = csp.createChannel(nameOf(name), capacityOf(buffer));
      this.#buffer = buffer;
    }

    get name(): string {
      return this.#channel.name;
    }

    reader(): unknown {
      return faceOf(csp, this.#channel.open('read', csp.current()), this);
    }

    writer(): unknown {
      return faceOf(csp, this.#channel.open('write', csp.current()), this);
    }

    /** This channel and `count - 1` others like it (`channel * 3` in Python). */
    times(count: number): OwnChannel[] {
      const others = Array.from(
        { length: Math.max(0, count - 1) },
        () => new OwnChannel(null, { buffer: this.#buffer }),
      );
      return [this, ...others];
    }

    [repr](): string {
      return `<Channel ${this.#channel.name}>`;
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
