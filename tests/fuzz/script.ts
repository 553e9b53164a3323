// The language of random programs: what a process of a random experiment does, as JSON in its
// environment. One interpreter runs on the kernel's own process interface (actor.ts), one as a
// learner's TypeScript (tests/fixtures/random/actor.ts), so nothing is compiled per experiment.

/** How a server treats who connects. */
export const MANNERS = ['echo', 'sink', 'once', 'burst', 'deaf'] as const;
export type Manner = (typeof MANNERS)[number];

/** What can be done to a file; `move` gives it the other name. */
export const FILE_OPS = ['write', 'append', 'read', 'sync', 'move', 'remove', 'list'] as const;
export type FileOp = (typeof FILE_OPS)[number];

/** Connections have names within a process; `parent` and `child` are pipes. */
export type Action =
  | readonly ['listen', port: number, manner: Manner]
  | readonly ['connect', name: string, host: string, port: number]
  | readonly ['send', name: string, kind: string, bytes: number, count: number]
  | readonly ['receive', name: string, count: number]
  | readonly ['shut', name: string]
  | readonly ['close', name: string]
  | readonly ['bind', port: number, answers: boolean]
  | readonly ['cast', host: string, port: number, kind: string, bytes: number]
  | readonly ['ask']
  | readonly ['sleep', ms: number]
  | readonly ['background', ms: number]
  | readonly ['spin', us: number]
  | readonly ['log', count: number]
  | readonly ['effect', name: string]
  | readonly ['file', op: FileOp, path: string]
  | readonly ['on', signal: string, exits: boolean]
  | readonly ['spawn', script: Script]
  | readonly ['throw']
  | readonly ['exit', code: number];

/** Coroutines of one process, each a list of actions. */
export type Script = readonly (readonly Action[])[];
