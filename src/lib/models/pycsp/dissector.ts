// Names PyCSP's messages between nodes (NET5), of both languages: each is a JSON array with its length
// before it.

import type { MessageLabel } from '#lib/node/connection.ts';
import type { Dissector, SpokenProtocol } from '#lib/node/dissect.ts';
import { type Message, MessageReader } from './engine/wire.ts';

const PROTO = 'pycsp';
const PREVIEW_MAX = 160;
const LENGTH_BYTES = 4;
/** Either side begins with it. */
const BEGINNING = '["register';

export const PYCSP_WIRE: SpokenProtocol = {
  begins: (first) => {
    const text = String.fromCharCode(
      ...first.subarray(LENGTH_BYTES, LENGTH_BYTES + BEGINNING.length),
    );
    return first[0] === 0 && text.length >= LENGTH_BYTES && BEGINNING.startsWith(text);
  },
  create: (): Dissector => {
    const talk = new PycspTalk();
    return (bytes) => talk.sent(bytes);
  },
};

/** One direction of one connection. */
export class PycspTalk {
  readonly #reader = new MessageReader();
  #isLost = false;

  sent(bytes: Uint8Array): MessageLabel {
    const [first, ...more] = this.#messages(bytes);
    if (!first) return { proto: PROTO, msg: 'part', preview: `${bytes.length} bytes` };
    const [msg, preview] = labelOf(first);
    const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
    return { proto: PROTO, msg, preview: preview.slice(0, PREVIEW_MAX) + rest };
  }

  #messages(bytes: Uint8Array): Message[] {
    if (this.#isLost) return [];
    try {
      return this.#reader.push(bytes);
    } catch {
      // Whoever speaks something else in the middle is listened to no more.
      this.#isLost = true;
      return [];
    }
  }
}

/** Kind and preview. */
function labelOf([kind, ...given]: Message): [string, string] {
  const [name, direction] = given;
  switch (kind) {
    case 'register':
      return ['register', `${direction} for ${name}`];
    case 'registered':
      return ['registered', direction === true ? `${name}` : `${name} is not here`];
    case 'post':
      return postLabel(given);
    case 'end':
      return endLabel(given);
    case 'accept':
      return ['accept', direction === true ? `operation ${name}` : `operation ${name} has ended`];
    case 'acquire':
    case 'release':
      return [kind, `operation ${name}`];
    case 'join':
    case 'retire':
    case 'poison':
      return [kind, `${name} (${direction === 'write' ? 'writer' : 'reader'})`];
    default:
      return [kind, String(name)];
  }
}

function postLabel([name, direction, , process, , , value]: readonly unknown[]): [string, string] {
  if (direction === 'write') return ['write', `${process}: ${shown(value)} to ${name}`];
  return ['read', `${process}: from ${name}`];
}

function endLabel([, kind, , value]: readonly unknown[]): [string, string] {
  if (kind === 'poison') return ['poisoned', ''];
  if (kind === 'retire') return ['retired', ''];
  return value === null ? ['taken', ''] : ['value', shown(value)];
}

/** A value of the wire as Python would write it, near enough. */
function shown(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return String(value);
  const [[kind, given]] = Object.entries(value) as [[string, unknown]];
  const items = (): string => (given as unknown[]).map(shown).join(', ');
  switch (kind) {
    case 'i':
    case 'f':
      return String(given);
    case 'l':
      return `[${items()}]`;
    case 't':
      return `(${items()})`;
    case 's':
      return `{${items()}}`;
    case 'd': {
      const pairs = given as [unknown, unknown][];
      return `{${pairs.map(([key, item]) => `${shown(key)}: ${shown(item)}`).join(', ')}}`;
    }
    case 'e':
      return `<channel end of ${(given as unknown[])[0]}>`;
    case 'b':
      return `${(given as string).length / 2} bytes`;
    default:
      return 'pickled';
  }
}
