// Whether what came over a connection is what it says: anybody may connect to the master and write.

import { GROUPINGS, ROLES, type JobPack, type NodeFrame, type TagRecord } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Of files and of processes' words, so without what those use as separators. */
const STAGE_NAME = /^[A-Za-z0-9_-]{1,40}$/;
/** A job of more inputs would be a page of its own. */
const INPUTS_MAX = 10_000;

/** @returns null when it is none */
export function readPack(text: string): JobPack | null {
  const pack = objectIn(text);
  if (!pack) return null;
  const { prefix, owner, language, program, pipeline, inputs, scheduler, data } = pack;
  const isGood =
    [prefix, owner, program, data].every((it) => typeof it === 'string') &&
    /^[^/.\s$]{1,60}$/.test(prefix as string) &&
    (language === 'js' || language === 'py') &&
    isList(pipeline, isStage) &&
    isUrls(inputs) &&
    (inputs as unknown[]).length <= INPUTS_MAX &&
    isObject(scheduler) &&
    (scheduler['maxCores'] === null || Number.isInteger(scheduler['maxCores']));
  return isGood ? (pack as unknown as JobPack) : null;
}

/** @returns null when it is none */
export function readTag(text: string): Pick<TagRecord, 'urls' | 'attrs'> | null {
  const tag = objectIn(text);
  return isTag(tag) ? tag : null;
}

export function isTag(tag: unknown): tag is Pick<TagRecord, 'urls' | 'attrs'> {
  return isObject(tag) && isUrls(tag['urls']) && isAttrs(tag['attrs']);
}

export function isTexts(value: unknown): value is string[] {
  return isList(value, (one) => typeof one === 'string');
}

export function isNodeFrame(value: unknown): value is NodeFrame {
  if (!isObject(value)) return false;
  const { type, name, slots, tags, attempt, text, outputs, fetched, how, inputs } = value;
  switch (type) {
    case 'tick':
      return true;
    case 'register':
      return typeof name === 'string' && isCount(slots) && isObject(tags) && isTags(tags);
    case 'event':
      return isCount(attempt) && typeof text === 'string';
    case 'done':
      return isCount(attempt) && isList(outputs, isOutput) && isCounts(fetched);
    case 'failed': {
      const isKnown = how === 'error' || how === 'fatal' || how === 'input';
      return isCount(attempt) && isKnown && typeof text === 'string' && isList(inputs, isCount);
    }
    default:
      return false;
  }
}

function objectIn(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isCount);
}

function isStage(value: unknown): boolean {
  if (!isObject(value) || !isStageName(value['stage'])) return false;
  const { grouping, role } = value;
  return isOneOf(GROUPINGS, grouping) && isOneOf(ROLES, role);
}

export function isStageName(value: unknown): value is string {
  return typeof value === 'string' && STAGE_NAME.test(value);
}

function isOneOf(all: readonly unknown[], value: unknown): boolean {
  return all.includes(value);
}

function isUrls(value: unknown): boolean {
  return isList(value, isTexts);
}

function isOutput(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isCount(value['label']) && typeof value['url'] === 'string' && isCount(value['size']);
}

function isAttrs(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}

function isTags(tags: Fields): boolean {
  return Object.values(tags).every(
    (tag) =>
      isObject(tag) && isUrls(tag['urls']) && isAttrs(tag['attrs']) && isCount(tag['version']),
  );
}
