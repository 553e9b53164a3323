// The commands of remote control: what they are called, which arguments they take and how the command
// line writes those (the `Panel.meta` of celery/worker/control.py).

import { BuiltinError } from '../errors.ts';

export interface CommandMeta {
  type: 'inspect' | 'control';
  /** Arguments that the command line takes one by one. */
  words?: readonly (readonly [name: string, kind: 'str' | 'int' | 'float' | 'bool'])[];
  /** The argument that takes the rest of the words. */
  variadic?: string;
  /** As the command line explains them. */
  signature?: string;
  required?: readonly string[];
  /** Knows its arguments, and none besides. */
  isStrict?: boolean;
}

const IDS = '[id1 [id2 [... [idN]]]]';

export const COMMANDS: Readonly<Record<string, CommandMeta>> = {
  report: { type: 'inspect', isStrict: true },
  conf: {
    type: 'inspect',
    words: [['with_defaults', 'bool']],
    signature: '[include_defaults=False]',
  },
  query_task: { type: 'inspect', variadic: 'ids', signature: IDS, required: ['ids'] },
  revoke: { type: 'control', variadic: 'task_id', signature: IDS, required: ['task_id'] },
  terminate: {
    type: 'control',
    words: [['signal', 'str']],
    variadic: 'task_id',
    signature: `<signal> ${IDS}`,
    required: ['signal', 'task_id'],
  },
  rate_limit: {
    type: 'control',
    words: [
      ['task_name', 'str'],
      ['rate_limit', 'str'],
    ],
    signature: '<task_name> <rate_limit (e.g., 5/s | 5/m | 5/h)>',
    required: ['task_name', 'rate_limit'],
  },
  time_limit: {
    type: 'control',
    words: [
      ['task_name', 'str'],
      ['soft', 'float'],
      ['hard', 'float'],
    ],
    signature: '<task_name> <soft_secs> [hard_secs]',
  },
  clock: { type: 'inspect' },
  election: { type: 'control', required: ['id', 'topic'] },
  enable_events: { type: 'control', isStrict: true },
  disable_events: { type: 'control', isStrict: true },
  heartbeat: { type: 'control', isStrict: true },
  ping: { type: 'inspect' },
  stats: { type: 'inspect' },
  scheduled: { type: 'inspect' },
  reserved: { type: 'inspect' },
  active: { type: 'inspect' },
  revoked: { type: 'inspect' },
  registered: {
    type: 'inspect',
    variadic: 'taskinfoitems',
    signature: '[attr1 [attr2 [... [attrN]]]]',
  },
  objgraph: {
    type: 'inspect',
    words: [
      ['type', 'str'],
      ['num', 'int'],
      ['max_depth', 'int'],
    ],
    signature: '[object_type=Request] [num=200 [max_depth=10]]',
  },
  memsample: { type: 'inspect' },
  memdump: { type: 'inspect', words: [['samples', 'int']], signature: '[n_samples=10]' },
  pool_grow: { type: 'control', words: [['n', 'int']], signature: '[N=1]' },
  pool_shrink: { type: 'control', words: [['n', 'int']], signature: '[N=1]' },
  pool_restart: { type: 'control' },
  autoscale: {
    type: 'control',
    words: [
      ['max', 'int'],
      ['min', 'int'],
    ],
    signature: '[max [min]]',
    isStrict: true,
  },
  shutdown: { type: 'control' },
  add_consumer: {
    type: 'control',
    words: [
      ['queue', 'str'],
      ['exchange', 'str'],
      ['exchange_type', 'str'],
      ['routing_key', 'str'],
    ],
    signature: '<queue> [exchange [type [routing_key]]]',
    required: ['queue'],
  },
  cancel_consumer: {
    type: 'control',
    words: [['queue', 'str']],
    signature: '<queue>',
    required: ['queue'],
  },
  active_queues: { type: 'inspect', isStrict: true },
};

/** Names of the commands of one kind. */
export function commandNames(type: CommandMeta['type']): string[] {
  return Object.keys(COMMANDS).filter((name) => COMMANDS[name]!.type === type);
}

/**
 * Python says so when it calls the function of a command.
 *
 * @throws BuiltinError a TypeError, for an argument that is missing or that nobody knows
 */
export function checkArguments(name: string, given: Readonly<Record<string, unknown>>): void {
  const { required = [], words = [], isStrict = false } = COMMANDS[name] ?? {};
  const missing = required.filter((one) => !Object.hasOwn(given, one)).map((one) => `'${one}'`);
  if (missing.length > 0) {
    const noun = missing.length === 1 ? 'argument' : 'arguments';
    throw new BuiltinError(
      'TypeError',
      `${name}() missing ${missing.length} required positional ${noun}: ${missing.join(' and ')}`,
    );
  }
  const known = words.map(([word]) => word);
  const unknown = isStrict && Object.keys(given).find((one) => !known.includes(one));
  if (typeof unknown !== 'string') return;
  throw new BuiltinError('TypeError', `${name}() got an unexpected keyword argument '${unknown}'`);
}
