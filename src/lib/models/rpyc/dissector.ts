// Names RPyC's messages, whoever writes them: our faces or the real package. A netref has no name on
// the wire but that of its class; so what came of which question is remembered, and a later question
// is shown as a person would write it: `call os.getcwd()`.

import type { MessageLabel } from '#lib/node/connection.ts';
import type { Dissector, SpokenProtocol } from '#lib/node/dissect.ts';
import { type Brine, load } from './brine.ts';
import { beginsMessage, Frames } from './channel.ts';
import { HANDLE, LABEL, MSG, STOP_ITERATION } from './consts.ts';
import { show, showTuple } from './show.ts';

export { REGISTRY_WIRE } from './registry-wire.ts';

const PROTO = 'rpyc';
const PREVIEW_MAX = 180;
/** A name of an object that grew longer is given up for that of its class. */
const NAME_MAX = 48;
/** So many names are remembered; the oldest go first. */
const NAMES_MAX = 2_000;

const WORDS = new Map<Brine, string>(Object.entries(HANDLE).map(([word, code]) => [code, word]));

const BY_OPERATOR: Readonly<Record<string, string>> = {
  __eq__: '==',
  __ne__: '!=',
  __lt__: '<',
  __le__: '<=',
  __gt__: '>',
  __ge__: '>=',
};

export const RPYC_WIRE: SpokenProtocol = { begins: beginsMessage, create: createDissector };

export function createDissector(): Dissector {
  const talk = new Talk();
  const dissect: Dissector = (bytes) => talk.sent(bytes);
  dissect.heard = (bytes) => talk.heard(bytes);
  return dissect;
}

interface Label {
  msg: string;
  preview: string;
}

/** One end of a connection. */
class Talk {
  readonly #sent = new Frames();
  readonly #received = new Frames();
  /** What the answer to a request of this end is called, by the request's number. */
  readonly #asked = new Names();
  /** What objects of the other side are called here. */
  readonly #theirs = new Names();
  #isLost = false;

  sent(bytes: Uint8Array): MessageLabel | null {
    if (this.#isLost) return null;
    const labels = this.#attempt(() => this.#all(this.#sent, bytes).map((it) => this.#label(it)));
    const [first] = labels;
    if (!first) return { proto: PROTO, msg: 'part', preview: `${bytes.length} bytes` };
    const more = labels.length > 1 ? ` (and ${labels.length - 1} more)` : '';
    return { proto: PROTO, msg: first.msg, preview: first.preview.slice(0, PREVIEW_MAX) + more };
  }

  heard(bytes: Uint8Array): void {
    if (this.#isLost) return;
    this.#attempt(() => this.#all(this.#received, bytes).map((it) => this.#learn(it)));
  }

  /** Whoever speaks something else in the middle is listened to no more. */
  #attempt<T>(work: () => T[]): T[] {
    try {
      return work();
    } catch {
      this.#isLost = true;
      return [];
    }
  }

  #all(frames: Frames, bytes: Uint8Array): (readonly Brine[])[] {
    frames.push(bytes);
    const messages: (readonly Brine[])[] = [];
    for (let data = frames.take(); data; data = frames.take()) messages.push(tupleOf(load(data)));
    return messages;
  }

  /** The other side answers with a reference: it is called after what was asked. */
  #learn([kind, sequence, content]: readonly Brine[]): void {
    if (kind === MSG.request) return;
    const asked = this.#asked.take(String(sequence));
    if (kind !== MSG.reply || asked === undefined) return;
    const [label, value] = tupleOf(content);
    if (label === LABEL.senders) this.#theirs.set(keyOf(value), asked);
  }

  #label([kind, sequence, content = null]: readonly Brine[]): Label {
    if (kind === MSG.reply) return { msg: 'reply', preview: this.#shown(content) };
    if (kind === MSG.exception) return { msg: 'exception', preview: showException(content) };
    const [handler, boxed] = tupleOf(content);
    const word = WORDS.get(handler ?? null) ?? 'call';
    const { preview, name } = this.#request(word, argumentsOf(boxed));
    if (name !== undefined) this.#asked.set(String(sequence), name);
    return { msg: word, preview };
  }

  /** What a request says, and what its answer is called. */
  #request(word: string, given: readonly Brine[]): { preview: string; name?: string } {
    const [target = null, second = null, third = null, fourth = null] = given;
    const object = this.#shown(target);
    const name = plain(second);
    switch (word) {
      case 'getroot':
        return { preview: 'root', name: 'root' };
      case 'getattr':
        return named(`${bare(object)}${name}`);
      case 'setattr':
        return { preview: `${bare(object)}${name} = ${this.#shown(third)}` };
      case 'delattr':
        return { preview: `${bare(object)}${name}` };
      case 'call':
        return this.#call(object, second, third);
      case 'callattr':
        return this.#call(`${bare(object)}${name}`, third, fourth);
      case 'cmp':
        return {
          preview: `${object} ${BY_OPERATOR[plain(third)] ?? plain(third)} ${this.#shown(second)}`,
        };
      case 'ping':
      case 'close':
        return { preview: '' };
      case 'inspect':
        return { preview: String(tupleOf(plainValue(target))[0] ?? '') };
      case 'buffiter':
        return { preview: `${this.#shown(second)} of ${object}` };
      default:
        return { preview: object };
    }
  }

  #call(callee: string, positional: Brine, keywords: Brine): { preview: string; name?: string } {
    const shown = argumentsOf(positional).map((it) => this.#shown(it));
    for (const pair of argumentsOf(keywords)) {
      const [key = null, value = null] = argumentsOf(pair);
      shown.push(`${plain(key)}=${this.#shown(value)}`);
    }
    // A module is called by its name, not by how one gets at it.
    const module = callee === 'getmodule' && argumentsOf(positional)[0];
    if (module) return { preview: `${callee}(${shown.join(', ')})`, name: plain(module) };
    return named(`${callee}(${shown.join(', ')})`);
  }

  /** A boxed value. */
  #shown(boxed: Brine): string {
    const [label, value = null] = tupleOf(boxed);
    if (label === LABEL.value) return show(value);
    if (label === LABEL.tuple) return showTuple(tupleOf(value).map((it) => this.#shown(it)));
    const known = label === LABEL.receivers ? this.#theirs.get(keyOf(value)) : undefined;
    return known ?? `<${String(tupleOf(value)[0]).replace(/^builtins\./, '')}>`;
  }
}

/** A bounded table of names. */
class Names {
  readonly #names = new Map<string, string>();

  get(key: string): string | undefined {
    return this.#names.get(key);
  }

  set(key: string, name: string): void {
    if (name.length > NAME_MAX) {
      this.#names.delete(key);
      return;
    }
    this.#names.delete(key);
    this.#names.set(key, name);
    if (this.#names.size <= NAMES_MAX) return;
    const [oldest] = this.#names.keys();
    this.#names.delete(oldest!);
  }

  take(key: string): string | undefined {
    const name = this.#names.get(key);
    this.#names.delete(key);
    return name;
  }
}

function named(text: string): { preview: string; name: string } {
  return { preview: text, name: text };
}

/** `os.` for `os`; what the root offers is called by its name alone. */
function bare(object: string): string {
  return object === 'root' ? '' : `${object}.`;
}

function tupleOf(value: Brine | undefined): readonly Brine[] {
  return Array.isArray(value) ? (value as readonly Brine[]) : [];
}

/** The boxed items of a boxed tuple; those of one that travelled as a value are boxed again. */
function argumentsOf(boxed: Brine | undefined): readonly Brine[] {
  const [label, value] = tupleOf(boxed);
  const items = tupleOf(value);
  return label === LABEL.value ? items.map((item) => [LABEL.value, item]) : items;
}

/** What travelled as a value. */
function plainValue(boxed: Brine): Brine {
  const [label, value = null] = tupleOf(boxed);
  return label === LABEL.value ? value : null;
}

function plain(boxed: Brine): string {
  const value = plainValue(boxed);
  return typeof value === 'string' ? value : show(value);
}

/** An object's identity on the wire: class name, class, instance. Never shown: it has addresses. */
function keyOf(pack: Brine | undefined): string {
  return tupleOf(pack).join(' ');
}

function showException(content: Brine | undefined): string {
  if (content === STOP_ITERATION) return 'StopIteration';
  const [kind, given] = tupleOf(content);
  const [module, name] = tupleOf(kind);
  const words = tupleOf(given);
  const text = words.map((it) => (typeof it === 'string' && words.length === 1 ? it : show(it)));
  const title = module === 'builtins' ? String(name) : `${String(module)}.${String(name)}`;
  return text.length > 0 ? `${title}: ${text.join(', ')}` : title;
}
