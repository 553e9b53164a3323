// Names what is said to registries and by them: datagrams, or the two messages of a short connection.
// A question is a tuple ("RPYC", command, arguments) in brine; an answer is any value.

import type { MessageLabel } from '#lib/node/connection.ts';
import type { SpokenProtocol } from '#lib/node/dissect.ts';
import { type Brine, dump, load } from './brine.ts';
import { REGISTRY_MAGIC, REGISTRY_PORT } from './consts.ts';
import { show } from './show.ts';

const PREVIEW_MAX = 180;
/** So brine begins a tuple of three of which the first is a text of four letters. */
const BEGINNING = [0x12, 0x08, 0x0d, ...new TextEncoder().encode(REGISTRY_MAGIC)];
const COMMANDS = new Set(['register', 'unregister', 'query', 'list']);

export const REGISTRY_WIRE: SpokenProtocol = {
  begins: isQuestion,
  create: () => (bytes) => labelOf(bytes),
  datagram: (bytes, fromPort) =>
    isQuestion(bytes) || fromPort === REGISTRY_PORT ? labelOf(bytes) : null,
};

function isQuestion(bytes: Uint8Array): boolean {
  return BEGINNING.every((byte, index) => bytes[index] === byte);
}

function labelOf(bytes: Uint8Array): MessageLabel | null {
  let said: Brine;
  try {
    said = load(bytes);
  } catch {
    return null;
  }
  // Any byte begins some value.
  if (dump(said).length !== bytes.length) return null;
  const [msg, preview] = isQuestion(bytes) ? question(said) : ['registry', show(said)];
  return { proto: 'rpyc', msg, preview: preview.slice(0, PREVIEW_MAX) };
}

function question(said: Brine): [msg: string, preview: string] {
  const [, command = null, args = null] = said as readonly Brine[];
  const word = String(command).toLowerCase();
  const given = Array.isArray(args) ? (args as readonly Brine[]) : [];
  return [COMMANDS.has(word) ? word : 'query', given.map(show).join(', ')];
}
