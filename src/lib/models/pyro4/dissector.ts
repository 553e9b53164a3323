// Pyro's messages by name (NET5): a call is shown as a call, an answer as its value. Works for our own
// Pyro4 and for the real one. Serpent's payloads are Python literals, so their texts are shown as they
// are; object ids that say nothing are replaced by the name under which the process has heard of them.

import {
  PYRO_BROADCAST,
  PYRO_DAEMON,
  PYRO_FLAG,
  PYRO_HEADER_BYTES,
  PYRO_NAME_SERVER,
  PYRO_SERIALIZER,
  PYRO_TYPE,
  isPyroStart,
  readPyroHeader,
  type PyroHeader,
} from '#lib/protocol/pyro4.ts';
import type { MessageLabel } from '#lib/node/connection.ts';
import type { SpokenProtocol } from '#lib/node/dissect.ts';
import { literalOfJson, literalParts, literalText } from './literal-text.ts';

/** So much of a payload is looked at, in bytes. */
const LOOKED_AT_BYTES = 4_000;
/** No question and no answer of a broadcast is longer. */
const BROADCAST_BYTES_MAX = 200;
/** Names that a process remembers. */
const NAMES_MAX = 1_000;
/** So much of an id that says nothing is shown. */
const ID_SHOWN = 8;

const decoder = new TextDecoder();

interface Call {
  object: string;
  method: string;
  args: string;
  keywords: string;
}

/** The protocol as one process speaks it. */
export function pyroWire(): SpokenProtocol {
  const names: HeardNames = new Map();
  return {
    begins: isPyroStart,
    datagram: broadcastLabel,
    create: () => {
      const conversation = new PyroConversation(names);
      return Object.assign((bytes: Uint8Array) => conversation.sent(bytes), {
        heard: (bytes: Uint8Array) => conversation.heard(bytes),
      });
    },
  };
}

/** Who looks for a name server asks every machine; each name server answers with its address. */
function broadcastLabel(bytes: Uint8Array): MessageLabel | null {
  if (bytes.length > BROADCAST_BYTES_MAX) return null;
  const text = decoder.decode(bytes);
  if (text === PYRO_BROADCAST) return { proto: 'pyro4', msg: 'broadcast', preview: text };
  if (!text.startsWith(`PYRO:${PYRO_NAME_SERVER}@`)) return null;
  return { proto: 'pyro4', msg: 'address', preview: text };
}

/** What a process has heard of names in all its conversations: names by ids of objects. */
export type HeardNames = Map<string, string>;

/** One connection, as one of its ends sees both directions. */
export class PyroConversation {
  readonly #names: HeardNames;
  readonly #sent = new MessageCutter();
  readonly #heard = new MessageCutter();
  /** Names that were asked for, by the sequence number of the question. */
  readonly #asked = new Map<number, string>();

  constructor(names: HeardNames) {
    this.#names = names;
  }

  sent(bytes: Uint8Array): MessageLabel {
    const labels: MessageLabel[] = [];
    for (const { header, payload } of this.#sent.push(bytes)) {
      this.#noteCall(header, payload);
      labels.push(this.#label(header, payload));
    }
    const [first] = labels;
    if (!first) return { proto: 'pyro4', msg: 'part', preview: `${bytes.length} bytes` };
    if (labels.length === 1) return first;
    return { ...first, preview: `${first.preview} (and ${labels.length - 1} more)` };
  }

  heard(bytes: Uint8Array): void {
    for (const { header, payload } of this.#heard.push(bytes)) {
      if (header.type !== PYRO_TYPE.result) continue;
      const name = this.#asked.get(header.sequence);
      if (name === undefined) continue;
      this.#asked.delete(header.sequence);
      const uri = uriOf(payload);
      if (uri) this.#learn(uri.object, name);
    }
  }

  #learn(object: string, name: string): void {
    if (this.#names.size < NAMES_MAX) this.#names.set(object, name);
  }

  /** What a call to the name server says of names. */
  #noteCall({ type, sequence, serializer }: PyroHeader, payload: string): void {
    if (type !== PYRO_TYPE.invoke) return;
    const call = callOf(payload, serializer);
    if (call?.object !== PYRO_NAME_SERVER) return;
    const [name, uri] = literalParts(call.args);
    const known = name && literalText(name);
    if (!known) return;
    if (call.method === 'lookup') this.#asked.set(sequence, known);
    if (call.method !== 'register' || !uri) return;
    const text = literalText(uri);
    const object = text ? /^PYRO:([^@]+)@/.exec(text)?.[1] : uriOf(uri)?.object;
    if (object) this.#learn(object, known);
  }

  #label(header: PyroHeader, payload: string): MessageLabel {
    const named = (msg: string, preview: string): MessageLabel => ({
      proto: 'pyro4',
      msg,
      preview,
    });
    switch (header.type) {
      case PYRO_TYPE.connect:
        return named('connect', this.#connectPreview(payload));
      case PYRO_TYPE.connectok:
        return named('connectok', metadataPreview(payload));
      case PYRO_TYPE.connectfail:
        return named('connectfail', valuePreview(payload, header.serializer));
      case PYRO_TYPE.ping:
        return named('ping', payload);
      case PYRO_TYPE.invoke:
        return this.#callLabel(header, payload);
      case PYRO_TYPE.result:
        return named(answerWord(header.flags), valuePreview(payload, header.serializer));
      default:
        return named('part', `type ${header.type}`);
    }
  }

  #connectPreview(payload: string): string {
    const object = /'object':'([^']*)'/.exec(payload)?.[1];
    return object === undefined ? 'hello' : `to ${this.#called(object)}`;
  }

  #callLabel({ flags, serializer }: PyroHeader, payload: string): MessageLabel {
    const call = callOf(payload, serializer);
    if (!call) return { proto: 'pyro4', msg: 'invoke', preview: valuePreview(payload, serializer) };
    const target = this.#called(call.object);
    const inner = argumentsText(call);
    if (call.method === '<batch>') {
      const calls = literalParts(call.args).map((part) => {
        const [method = '', args = ''] = literalParts(part);
        return `${literalText(method) ?? method}(${literalParts(args).join(', ')})`;
      });
      const msg = flags & PYRO_FLAG.oneway ? 'oneway' : 'batch';
      return { proto: 'pyro4', msg, preview: `${target}: ${calls.join('; ')}` };
    }
    return { proto: 'pyro4', msg: callWord(call, flags), preview: callText(target, call, inner) };
  }

  /** An object by the name that the process has heard of, or shortly. */
  #called(object: string): string {
    const name = this.#names.get(object);
    if (name !== undefined) return name;
    return /^obj_[0-9a-f]{32}$/.test(object) ? `${object.slice(0, ID_SHOWN)}…` : object;
  }
}

function answerWord(flags: number): string {
  if (flags & PYRO_FLAG.stream) return 'stream';
  return flags & PYRO_FLAG.exception ? 'exception' : 'result';
}

function callWord({ object, method }: Call, flags: number): string {
  if (object === PYRO_DAEMON && method === 'get_metadata') return 'metadata';
  if (object === PYRO_DAEMON && method === 'get_next_stream_item') return 'item';
  if (object === PYRO_NAME_SERVER && method === 'lookup') return 'lookup';
  if (object === PYRO_NAME_SERVER && method === 'register') return 'register';
  return flags & PYRO_FLAG.oneway ? 'oneway' : 'invoke';
}

/** A call as a program would write it. */
function callText(target: string, { method, args }: Call, inner: string): string {
  const [name = '', value = ''] = literalParts(args);
  if (method === '__getattr__') return `${target}.${literalText(name) ?? name}`;
  if (method === '__setattr__') return `${target}.${literalText(name) ?? name} = ${value}`;
  return `${target}.${method}(${inner})`;
}

function argumentsText({ args, keywords }: Call): string {
  const named = literalParts(keywords).map((entry) => {
    const [, name, value] = /^['"]([^'"]*)['"]\s*:\s*([^]*)$/.exec(entry) ?? [];
    return name === undefined ? entry : `${name}=${valueText(value!)}`;
  });
  return [...literalParts(args).map(valueText), ...named].join(', ');
}

/** Serpent's and JSON's calls; others are bytes to us. */
function callOf(payload: string, serializer: number): Call | null {
  if (serializer === PYRO_SERIALIZER.json) return jsonCall(payload);
  if (serializer !== PYRO_SERIALIZER.serpent) return null;
  const [object = '', method = '', args = '', keywords = ''] = literalParts(payload);
  const [objectText, methodText] = [literalText(object), literalText(method)];
  if (objectText === null || methodText === null) return null;
  return { object: objectText, method: methodText, args, keywords };
}

/** The same, of a dict. */
function jsonCall(payload: string): Call | null {
  const entries = literalParts(payload).map((entry) => {
    const [, name = '', value = ''] = /^'(\w+)':([^]*)$/.exec(entry) ?? [];
    return [name, value] as const;
  });
  const { object = '', method = '', params = '', kwargs = '' } = Object.fromEntries(entries);
  const [objectText, methodText] = [literalText(object), literalText(method)];
  if (objectText === null || methodText === null) return null;
  return { object: objectText, method: methodText, args: params, keywords: kwargs };
}

function valuePreview(payload: string, serializer: number): string {
  const isText = serializer === PYRO_SERIALIZER.serpent || serializer === PYRO_SERIALIZER.json;
  return isText ? valueText(literalBody(payload)) : `${payload.length} bytes`;
}

/** A value as Python would print it, exceptions and references to objects by what they say. */
function valueText(text: string): string {
  const uri = uriOf(text);
  if (uri) return `PYRO:${uri.object}@${uri.host}:${uri.port}`;
  const proxied = /^\{'__class__':'Pyro4\.core\.Proxy','state':[([]'([^']+)'/.exec(text)?.[1];
  if (proxied !== undefined) return `Proxy(${proxied})`;
  const error = /^\{'__class__':'[\w.]*?(\w+)','__exception__':True,'args':/.exec(text);
  if (!error) return text;
  const [args = ''] = literalParts(`(${text.slice(error[0].length)}`);
  return `${error[1]}(${literalParts(args).join(', ')})`;
}

function uriOf(text: string): { object: string; host: string; port: string } | null {
  const state =
    /'__class__':'Pyro4\.core\.URI','state':[([]'PYRO','([^']+)',None,'([^']+)',(\d+)[)\]]/;
  const found = state.exec(text);
  return found && { object: found[1]!, host: found[2]!, port: found[3]! };
}

function metadataPreview(payload: string): string {
  const lists = ['methods', 'attrs'].flatMap((kind) => {
    const items = new RegExp(`'${kind}':\\[([^\\]]*)\\]`).exec(payload)?.[1];
    return items ? [items.replaceAll("'", '').replaceAll(',', ', ')] : [];
  });
  return lists.length === 0 ? 'hello' : `has ${lists.join('; ')}`;
}

/** Without serpent's header line. */
function literalBody(payload: string): string {
  return payload.startsWith('#') ? payload.slice(payload.indexOf('\n') + 1) : payload;
}

/** Cuts a stream of bytes into messages. */
class MessageCutter {
  /** The header whose message is not whole, and the beginning of its payload. */
  #head = new Uint8Array(0);
  #missing = 0;
  #isLost = false;

  /** The messages that begin in these bytes and whose beginning is whole. */
  push(bytes: Uint8Array): { header: PyroHeader; payload: string }[] {
    const found: { header: PyroHeader; payload: string }[] = [];
    let rest = bytes;
    while (rest.length > 0 && !this.#isLost) {
      if (this.#missing > 0) {
        const skipped = Math.min(this.#missing, rest.length);
        this.#missing -= skipped;
        rest = rest.subarray(skipped);
        continue;
      }
      const all = joined(this.#head, rest);
      if (all.length < PYRO_HEADER_BYTES) {
        this.#head = all;
        break;
      }
      const header = readPyroHeader(all);
      if (!header) {
        // Nothing that follows can be read.
        this.#isLost = true;
        break;
      }
      const begin = PYRO_HEADER_BYTES + header.annotationBytes;
      const size = begin + header.dataBytes;
      // A learner may read a header first and its payload then: wait for what is looked at.
      if (all.length < Math.min(size, begin + LOOKED_AT_BYTES)) {
        this.#head = all;
        break;
      }
      this.#head = new Uint8Array(0);
      found.push({ header, payload: payloadOf(header, all.subarray(begin, size)) });
      this.#missing = Math.max(0, size - all.length);
      rest = all.subarray(Math.min(size, all.length));
    }
    return found;
  }
}

function payloadOf({ flags, serializer }: PyroHeader, bytes: Uint8Array): string {
  if (flags & PYRO_FLAG.compressed) return `${bytes.length} compressed bytes`;
  const text = decoder.decode(bytes.subarray(0, LOOKED_AT_BYTES));
  return serializer === PYRO_SERIALIZER.json ? literalOfJson(text) : literalBody(text);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
