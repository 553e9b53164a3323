// Options of a call (`apply_async`) by Python's names: as signatures carry them, and as both faces
// hand them to the engine.

import type { NodeProcess } from '#lib/node/process.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { wallUsOf, type PublishOptions } from './app.ts';
import { ImproperlyConfigured } from './errors.ts';
import type { Embed } from './message.ts';
import { PUBLISH_POLICY, type RetryPolicy } from './transports/publishing.ts';
import { writeSignature, writeSignatures, type Signature } from './canvas/signature.ts';

/** Values by name; null is as good as absent. */
export type CallOptions = ReadonlyMap<string, unknown>;

/** Those that are taken as they are. */
const PLAIN = {
  task_id: 'taskId',
  queue: 'queue',
  exchange: 'exchange',
  routing_key: 'routingKey',
  ignore_result: 'ignoreResult',
  priority: 'priority',
  retries: 'retries',
  time_limit: 'timeLimit',
  soft_time_limit: 'softTimeLimit',
  shadow: 'shadow',
  headers: 'headers',
  group_id: 'groupId',
  group_index: 'groupIndex',
  root_id: 'rootId',
  parent_id: 'parentId',
  reply_to: 'replyTo',
  add_to_parent: 'isChild',
  retry: 'retry',
} as const satisfies Readonly<Record<string, keyof PublishOptions>>;

/**
 * What the engine publishes with. Names that it has no use for are passed over: the faces have
 * looked at them, and what comes by message was accepted elsewhere.
 *
 * @throws ImproperlyConfigured `invalid eta: tomorrow`
 */
export function publishOptionsOf(process: NodeProcess, given: CallOptions): PublishOptions {
  const entries: [string, unknown][] = [];
  for (const [name, key] of Object.entries(PLAIN)) entries.push([key, given.get(name)]);
  entries.push(['etaUs', etaUsOf(process, given)], ['expiresUs', expiresUsOf(process, given)]);
  entries.push(['retryPolicy', policyOf(given.get('retry_policy'))]);
  const embed = embedOf(given);
  if (Object.keys(embed).length > 0) entries.push(['embed', embed]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

/** Names as Python has them, or in camelCase. */
function policyOf(given: unknown): Partial<RetryPolicy> | undefined {
  if (given === undefined || given === null) return undefined;
  const camel = (name: string): string =>
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const entries = Object.entries(given).map(([name, value]) => [camel(name), value as unknown]);
  const wrong = entries.find(
    ([name, value]) =>
      !Object.hasOwn(PUBLISH_POLICY, name as string) ||
      !(typeof value === 'number' || (value === null && name === 'maxRetries')),
  );
  if (wrong)
    throw new ImproperlyConfigured(`invalid retry_policy: ${wrong.map(String).join(': ')}`);
  return Object.fromEntries(entries) as Partial<RetryPolicy>;
}

function etaUsOf(process: NodeProcess, given: CallOptions): number | undefined {
  const countdown = given.get('countdown');
  if (typeof countdown === 'number') return process.wallUs() + usFromSeconds(countdown);
  const eta = given.get('eta');
  return eta === undefined || eta === null ? undefined : timeOf('eta', eta);
}

function expiresUsOf(process: NodeProcess, given: CallOptions): number | undefined {
  const expires = given.get('expires');
  if (expires === undefined || expires === null) return undefined;
  return typeof expires === 'number'
    ? process.wallUs() + Math.max(0, usFromSeconds(expires))
    : timeOf('expires', expires);
}

function timeOf(name: string, value: unknown): number {
  const wallUs = typeof value === 'string' ? wallUsOf(value) : null;
  if (wallUs === null) throw new ImproperlyConfigured(`invalid ${name}: ${String(value)}`);
  return wallUs;
}

function embedOf(given: CallOptions): Embed {
  const list = (name: string): string | undefined => {
    const value = given.get(name) as readonly Signature[] | null | undefined;
    return value ? writeSignatures(value) : undefined;
  };
  const chord = given.get('chord') as Signature | null | undefined;
  const parts = {
    callbacks: list('link'),
    errbacks: list('link_error'),
    chain: list('chain'),
    chord: chord ? writeSignature(chord) : undefined,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== undefined));
}
