// Each model's words for its messages (NET5), and the role that a picture gives them.
// One table per protocol; a word that is missing counts as a command.

export type Role = 'command' | 'answer' | 'ack' | 'background';

/** Remote control of workers, and what they tell of themselves. */
const BROADCASTS = {
  broadcast: 'command',
  reply: 'answer',
  /** A worker that starts looks for others. */
  hello: 'background',
  event: 'ack',
  heartbeat: 'background',
} as const;

export const WIRE: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
  /** Plain sockets of learners. */
  node: { data: 'command', reply: 'answer' },
  /** The web; a part is the rest of what was sent in several pieces. */
  http: { request: 'command', response: 'answer', part: 'ack' },
  /** Redis as a broker and a result backend: named by what Celery does with the command. */
  redis: {
    task: 'command',
    result: 'answer',
    ack: 'ack',
    /** Delivered but not yet acknowledged: the worker notes it in `unacked`. */
    reserve: 'ack',
    /** The server has what somebody waits to have stored. */
    stored: 'ack',
    poll: 'background',
    restore: 'command',
    lookup: 'command',
    ok: 'background',
    value: 'answer',
    subscribe: 'background',
    notify: 'answer',
    ...BROADCASTS,
    control: 'background',
    error: 'answer',
  },
  /** RabbitMQ: AMQP 0-9-1 methods. */
  amqp: {
    task: 'command',
    result: 'answer',
    lookup: 'command',
    ack: 'ack',
    reject: 'ack',
    /** The broker has stored a message whose sender waits to know. */
    confirm: 'ack',
    ...BROADCASTS,
    setup: 'background',
    control: 'background',
  },
  /** RPyC: one word for each request, by what is asked of an object of the other side. */
  rpyc: {
    getroot: 'command',
    getattr: 'command',
    setattr: 'command',
    delattr: 'command',
    call: 'command',
    callattr: 'command',
    repr: 'command',
    str: 'command',
    cmp: 'command',
    hash: 'command',
    dir: 'command',
    pickle: 'command',
    slice: 'command',
    buffiter: 'command',
    ctxexit: 'command',
    instancecheck: 'command',
    /** What methods an object has: asked once for each that is new. */
    inspect: 'command',
    ping: 'background',
    /** A netref is gone: its owner may forget the object. */
    del: 'background',
    close: 'background',
    /** The rest of a message that was sent in several pieces. */
    part: 'background',
    reply: 'answer',
    exception: 'answer',
    /** Registry of services. */
    register: 'background',
    unregister: 'background',
    query: 'command',
    list: 'command',
    registry: 'answer',
  },
  /** SCOOP: workers and their broker. */
  scoop: {
    hello: 'command',
    welcome: 'ack',
    task: 'command',
    /** A worker has nothing to do. */
    request: 'ack',
    reply: 'answer',
    status: 'background',
    /** Whether futures are still somewhere, and which nobody has. */
    ask: 'command',
    answer: 'answer',
    variable: 'command',
    shutdown: 'command',
  },
  /** PyCSP: channels between nodes. Somebody waits for each of them, so that none is background. */
  pycsp: {
    register: 'command',
    registered: 'ack',
    deregister: 'ack',
    /** An end is made. */
    join: 'ack',
    read: 'command',
    write: 'command',
    /** A value for a reader, and word for a writer that a reader has its value. */
    value: 'answer',
    taken: 'answer',
    poison: 'command',
    retire: 'command',
    poisoned: 'answer',
    retired: 'answer',
    /** An alternation at several nodes: locked by the one that has a partner for it. */
    acquire: 'ack',
    accept: 'ack',
    release: 'ack',
    withdraw: 'ack',
    /** The rest of a message that was sent in several pieces. */
    part: 'command',
  },
  /** Disco: clients and nodes ask the master and each other over HTTP, nodes report to the master. */
  disco: {
    submit: 'command',
    poll: 'background',
    control: 'command',
    tag: 'command',
    get: 'command',
    put: 'command',
    data: 'answer',
    answer: 'answer',
    /** The rest of a body. */
    part: 'answer',
    register: 'background',
    welcome: 'background',
    task: 'command',
    kill: 'command',
    delete: 'command',
    event: 'ack',
    done: 'answer',
    failed: 'answer',
    tick: 'background',
  },
  /** Between a Disco node and the process of a task: a pipe on one machine. */
  'disco-worker': {
    worker: 'background',
    task: 'command',
    input: 'command',
    msg: 'ack',
    output: 'answer',
    input_err: 'answer',
    error: 'answer',
    fatal: 'answer',
    done: 'answer',
    ok: 'background',
  },
  /** What starts programs on another machine. */
  ssh: { exec: 'command', kill: 'command', exit: 'answer' },
  /** Between a Celery worker's main process and its pool children: a pipe on one machine. */
  pool: { job: 'command', started: 'ack', done: 'answer', up: 'background' },
  /** Pyro4: protocol 48. Somebody waits for each of them, so that none is background. */
  pyro4: {
    connect: 'command',
    connectok: 'ack',
    connectfail: 'answer',
    metadata: 'command',
    lookup: 'command',
    register: 'command',
    invoke: 'command',
    oneway: 'command',
    batch: 'command',
    /** The next one of a stream. */
    item: 'command',
    stream: 'answer',
    result: 'answer',
    exception: 'answer',
    ping: 'command',
    /** Who looks for a name server asks every machine; each one answers where it is. */
    broadcast: 'command',
    address: 'answer',
    /** The rest of a message that was sent in several pieces. */
    part: 'command',
  },
};

/** The role of message `msg` of protocol `proto`. */
export function roleOf(proto: string, msg: string): Role {
  return WIRE[proto]?.[msg] ?? 'command';
}
