// What a client knows of the results of something that it has sent: which task came before which, and
// which belong to a group. On the wire it is nested tuples (celery/result.py, `as_tuple`).

import { dumps } from '../json.ts';

export interface ResultNode {
  /** Of the task or of the group. */
  id: string;
  /** What came before it, in a chain. */
  parent: ResultNode | null;
  /** Members of a group; null for a task. */
  results: ResultNode[] | null;
}

export function taskNode(id: string): ResultNode {
  return { id, parent: null, results: null };
}

/** `[[id, parent], members]`. */
export type ResultTuple = readonly [readonly [string, ResultTuple | null], ResultTuple[] | null];

export function tupleOf({ id, parent, results }: ResultNode): ResultTuple {
  return [[id, parent && tupleOf(parent)], results && results.map(tupleOf)];
}

/** JSON text of it. */
export function tupleText(node: ResultNode): string {
  return dumps(tupleOf(node));
}

/** Reads the tuple, also in its short form, the id alone. */
export function nodeOfTuple(tuple: unknown): ResultNode {
  if (!Array.isArray(tuple)) return taskNode(String(tuple));
  const [head, members] = tuple as [unknown, unknown];
  const [id, parent] = Array.isArray(head) ? (head as unknown[]) : [head, null];
  return {
    id: String(id),
    parent: parent === null || parent === undefined ? null : nodeOfTuple(parent),
    results: Array.isArray(members) ? members.map(nodeOfTuple) : null,
  };
}

/** Ids of the tasks in it. */
export function leafIds({ id, results }: ResultNode): string[] {
  return results === null ? [id] : results.flatMap(leafIds);
}

/** Ids of the tasks that came before it, the first ones first. */
export function ancestorIds({ parent }: Pick<ResultNode, 'parent'>): string[] {
  return parent === null ? [] : [...ancestorIds(parent), ...leafIds(parent)];
}

/** The first of the results before this one. */
export function originOf(node: ResultNode): ResultNode {
  return node.parent === null ? node : originOf(node.parent);
}
