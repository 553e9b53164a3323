// The names a learner's program finds in the global scope, and what to say of those it does not.
// One list, read by the compile step (which binds each free name) and by createGlobals (which makes
// the values), so that the two cannot drift apart.

/** Values of the realm itself, the same for every process. */
export const REALM_GLOBALS = [
  'Array',
  'ArrayBuffer',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Float32Array',
  'Float64Array',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Iterator',
  'JSON',
  'Map',
  'Number',
  'Object',
  'Proxy',
  'Reflect',
  'Set',
  'String',
  'Symbol',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakSet',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
] as const;

/** Values made by us. */
export const SIMULATED_GLOBALS = [
  'AggregateError',
  'Date',
  'Error',
  'EvalError',
  'Function',
  'Math',
  'Promise',
  'RangeError',
  'ReferenceError',
  'RegExp',
  'SyntaxError',
  'TextDecoder',
  'TextEncoder',
  'TypeError',
  'URIError',
  'atob',
  'btoa',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'globalThis',
  'performance',
  'queueMicrotask',
  'setInterval',
  'setTimeout',
  'structuredClone',
] as const;

export type RealmGlobal = (typeof REALM_GLOBALS)[number];
export type SimulatedGlobal = (typeof SIMULATED_GLOBALS)[number];
export type GlobalName = RealmGlobal | SimulatedGlobal;

/** Every name of the global scope. */
export const GLOBAL_NAMES: ReadonlySet<string> = new Set<string>([
  ...REALM_GLOBALS,
  ...SIMULATED_GLOBALS,
]);

const NETWORK = "nodes talk through a model or the sockets of 'node'";
const PAGE = 'a simulated node has no page';
const FILES = "files are on the machine's disk, in the module 'node'";
const TEXT_AS_CODE = 'code cannot be made from text here';
const LOCALE = 'output would differ between browsers';
const THREADS = 'add a node to cluster.json instead';

/** Why a well-known name is absent, and what to use. */
const HINTS: Readonly<Record<string, string>> = {
  fetch: NETWORK,
  XMLHttpRequest: NETWORK,
  WebSocket: NETWORK,
  EventSource: NETWORK,
  WebTransport: NETWORK,
  RTCPeerConnection: NETWORK,
  BroadcastChannel: NETWORK,
  MessageChannel: NETWORK,
  postMessage: NETWORK,
  navigator: PAGE,
  window: PAGE,
  document: PAGE,
  self: PAGE,
  parent: PAGE,
  top: PAGE,
  frames: PAGE,
  location: PAGE,
  alert: 'console.log writes to the output',
  confirm: PAGE,
  prompt: PAGE,
  requestAnimationFrame: 'use setTimeout',
  setImmediate: 'use setTimeout or queueMicrotask',
  localStorage: FILES,
  sessionStorage: FILES,
  indexedDB: FILES,
  caches: FILES,
  Worker: THREADS,
  SharedWorker: THREADS,
  SharedArrayBuffer: THREADS,
  Atomics: THREADS,
  importScripts: 'use import',
  require: 'use import',
  module: 'use export',
  exports: 'use export',
  __dirname: FILES,
  __filename: FILES,
  process: "the module 'node' has name, machine and onSignal",
  Buffer: 'use Uint8Array, TextEncoder and TextDecoder',
  global: 'use globalThis',
  eval: TEXT_AS_CODE,
  GeneratorFunction: TEXT_AS_CODE,
  AsyncFunction: TEXT_AS_CODE,
  WebAssembly: TEXT_AS_CODE,
  Intl: LOCALE,
  Temporal: LOCALE,
  WeakRef: 'garbage collection cannot be repeated',
  FinalizationRegistry: 'garbage collection cannot be repeated',
  URL: 'split the text instead',
  URLSearchParams: 'split the text instead',
  AbortController: 'pass a promise or a timeout instead',
  AbortSignal: 'pass a promise or a timeout instead',
  EventTarget: 'call the function instead',
  arguments: 'there is no function around this line',
};

/** What the error of an absent name says: `fetch is not available here: …`, `conut is not defined`. */
export function absenceOf(name: string): string {
  const hint = HINTS[name];
  return hint !== undefined && Object.hasOwn(HINTS, name)
    ? `${name} is not available here: ${hint}`
    : `${name} is not defined`;
}
