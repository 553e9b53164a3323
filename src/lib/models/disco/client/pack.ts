// A job's stages and inputs, as the classic worker has them (SEMANTICS 5.2, 5.3).

import type { Body } from '#lib/node/promise.ts';
import { isStageName, isTag } from '../checks.ts';
import { DiscoError } from '../errors.ts';
import { GROUPINGS, type PipelineStage, type TagRecord } from '../protocol.ts';
import type { MasterClient } from './master-client.ts';

export interface PipelineFacts {
  hasMap: boolean;
  hasReduce: boolean;
  partitions: number | null;
  reduceShuffle: boolean;
}

/** @throws DiscoError for a job that does nothing */
export function pipelineOf(facts: PipelineFacts): PipelineStage[] {
  const { hasMap, hasReduce, partitions, reduceShuffle } = facts;
  if (!hasMap && !hasReduce) throw new DiscoError('a job needs map, reduce, or both');
  const isPartitioned = (partitions ?? 1) > 1;
  const map: PipelineStage[] = [
    { stage: 'map', grouping: 'split', role: 'map' },
    { stage: 'map_shuffle', grouping: 'group_node', role: 'shuffle' },
  ];
  const grouping = isPartitioned && hasMap ? 'group_label' : 'group_all';
  const reduce: PipelineStage[] = [{ stage: 'reduce', grouping, role: 'reduce' }];
  if (reduceShuffle && isPartitioned) {
    reduce.push({ stage: 'reduce_shuffle', grouping: 'group_node', role: 'shuffle' });
  }
  return [...(hasMap ? map : []), ...(hasReduce ? reduce : [])];
}

/**
 * The stages of a pipeline that the learner wrote, as pairs of a grouping and a stage's name.
 *
 * @throws DiscoError
 */
export function customPipeline(pairs: readonly (readonly [string, string])[]): PipelineStage[] {
  if (pairs.length === 0) throw new DiscoError('a pipeline needs at least one stage');
  const names = new Set<string>();
  return pairs.map(([given, stage]): PipelineStage => {
    const grouping = GROUPINGS.find((it) => it === given);
    if (!grouping) throw new DiscoError(`Unknown grouping ${given}`);
    if (names.has(stage)) throw new DiscoError(`Repeated stage ${stage}`);
    if (!isStageName(stage)) {
      throw new DiscoError(
        `invalid stage name: ${stage} (letters, digits, '_' and '-', at most 40)`,
      );
    }
    names.add(stage);
    return { stage, grouping, role: 'stage' };
  });
}

/** A name may be a folder's, here and in addresses. @throws DiscoError */
export function checkPrefix(prefix: string): string {
  if (/^[^/.\s$]+$/.test(prefix)) return prefix;
  throw new DiscoError(`invalid job name: ${prefix} ('/', '.', '$' and spaces are not allowed)`);
}

/**
 * The inputs of a job, each as the list of its replicas; those of a tag in its place.
 *
 * @param text of the value that the client gave, for the error
 * @throws DiscoError when it is no list of addresses; CommError
 */
export function* expandInputs(
  client: MasterClient,
  input: unknown,
  text: string,
): Body<string[][]> {
  if (!Array.isArray(input)) throw notInputs(text);
  const expanded: string[][] = [];
  for (const one of input as unknown[]) {
    const urls = typeof one === 'string' ? [one] : one;
    const isList = Array.isArray(urls) && urls.every((url) => typeof url === 'string');
    if (!isList || urls.length === 0) throw notInputs(text);
    const [first = ''] = urls as string[];
    if (!first.startsWith('tag://')) expanded.push(urls as string[]);
    else expanded.push(...(yield* tagUrls(client, first.slice('tag://'.length))));
  }
  return expanded;
}

function notInputs(text: string): DiscoError {
  const words = "Job 'input' is not a list of input locations,or a list of such lists: ";
  return new DiscoError(words + text);
}

/** @throws CommError for an unknown tag */
export function* tagUrls(client: MasterClient, name: string): Body<string[][]> {
  return (yield* tagRecord(client, name)).urls;
}

export function* tagRecord(client: MasterClient, name: string): Body<TagRecord> {
  const target = `/ddfs/tag/${encodeURIComponent(name)}`;
  const record = yield* client.json('GET', target, 'tag');
  if (record === undefined) throw new DiscoError(`unknown tag: ${name}`);
  return client.expected(record, isTag) as TagRecord;
}
