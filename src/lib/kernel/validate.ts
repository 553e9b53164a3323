// The kernel believes nothing that a process worker sends: a hostile program that found a way to
// post packets of its own must not be able to do more than end itself (DESIGN section 6).

import type { Answer, Op } from '#lib/protocol/packets.ts';

type Check = (value: unknown) => boolean;

const isInt: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isId: Check = (value) => isInt(value) && (value as number) <= 0x7fff_ffff;
const isPort: Check = (value) => isInt(value) && (value as number) <= 65_535;
const isFlag: Check = (value) => typeof value === 'boolean';
const isBytes: Check = (value) => value instanceof Uint8Array || isForeignBytes(value);
const isForeignBytes: Check = (value) =>
  Object.prototype.toString.call(value) === '[object Uint8Array]';
const isText =
  (lengthMax: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= lengthMax;
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isTextList: Check = (value) =>
  Array.isArray(value) && value.length <= 64 && value.every(isText(1000));

const NAME = isText(200);
const LINE = isOptional(isText(300));

const FIELDS: { [K in Op['op']]: Readonly<Record<string, Check>> } = {
  turn: { ticket: Number.isSafeInteger as Check, timer: isInt, endUs: isInt },
  timerSet: { timer: isInt, dueUs: isInt, background: NAME, label: isOptional(NAME) },
  timerCancel: { timer: isInt },
  listen: { port: isPort, loopback: isFlag },
  unlisten: { port: isPort },
  connect: { conn: isId, host: NAME, port: isPort, line: LINE },
  send: {
    conn: isId,
    bytes: isBytes,
    proto: NAME,
    msg: NAME,
    preview: NAME,
    line: LINE,
    mark: LINE,
  },
  close: { conn: isId },
  reset: { conn: isId },
  log: { stream: NAME, text: isText(4200), line: LINE },
  state: { name: NAME, value: isJson },
  effect: { name: NAME, value: isJson },
  span: { begin: isFlag, span: isInt, name: NAME, detail: isOptional(NAME) },
  wait: { begin: isFlag, wait: isInt, what: NAME, line: LINE },
  oblige: { token: NAME, delta: Number.isSafeInteger as Check },
  spawn: { child: NAME, argv: isTextList, conn: isId },
  exit: { code: isInt, reason: isOptional(isText(1000)) },
};

/**
 * What is wrong with an answer, or null.
 *
 * @param sinceUs no operation may be stamped earlier
 */
export function faultOfAnswer(answer: unknown, sinceUs: number): string | null {
  const { ops, nextUs } = (answer ?? {}) as Partial<Answer>;
  if (!Array.isArray(ops)) return 'ops is not a list';
  if (typeof nextUs !== 'number' || !(nextUs >= sinceUs)) return 'nextUs lies in the past';
  let lastUs = sinceUs;
  for (const op of ops as Op[]) {
    if (!op || !isInt(op.tUs) || op.tUs < lastUs) return 'an operation is stamped out of order';
    lastUs = op.tUs;
    const fields = Object.hasOwn(FIELDS, op.op) ? FIELDS[op.op] : undefined;
    if (!fields) return 'an operation of unknown kind';
    for (const name in fields) {
      if (!fields[name]!((op as unknown as Record<string, unknown>)[name]))
        return `${op.op}.${name} is invalid`;
    }
  }
  return null;
}

/** A JSON value of bounded size. */
function isJson(value: unknown): boolean {
  let budget = 1000;
  const visit = (item: unknown, depth: number): boolean => {
    if (--budget < 0 || depth > 8) return false;
    if (item === null || item === undefined || typeof item === 'boolean') return true;
    if (typeof item === 'number') return Number.isFinite(item);
    if (typeof item === 'string') return item.length <= 2000;
    if (typeof item !== 'object') return false;
    return Object.values(item).every((part) => visit(part, depth + 1));
  };
  return visit(value, 0);
}
