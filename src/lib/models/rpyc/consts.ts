// The numbers of RPyC's protocol (5.3): kinds of messages, how a value is boxed, what is requested.

export const MSG = { request: 1, reply: 2, exception: 3 } as const;

/** How a value travels: itself, as a tuple of such, or as a reference to an object of the … side. */
export const LABEL = { value: 1, tuple: 2, receivers: 3, senders: 4 } as const;

export const HANDLE = {
  ping: 1,
  close: 2,
  getroot: 3,
  getattr: 4,
  delattr: 5,
  setattr: 6,
  call: 7,
  callattr: 8,
  repr: 9,
  str: 10,
  cmp: 11,
  hash: 12,
  dir: 13,
  pickle: 14,
  del: 15,
  inspect: 16,
  buffiter: 17,
  slice: 18,
  ctxexit: 19,
  instancecheck: 20,
} as const;

/** Where registries listen, and how each question to one begins. */
export const REGISTRY_PORT = 18_811;
export const REGISTRY_MAGIC = 'RPYC';

/** In place of an exception: the end of an iterator. */
export const STOP_ITERATION = 1;
