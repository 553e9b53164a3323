// Imported first, for its effect: makes every engine's thread look like one and the same web worker
// to Pyodide, which otherwise takes other paths in Node.js than in browsers (other imports, another
// environment, other addresses) and refuses classic workers.

const scope = globalThis as unknown as Record<string, unknown>;

/** What Pyodide may know of the machine: the same everywhere. */
const NAVIGATOR = { userAgent: 'lightcone', language: 'en-US', hardwareConcurrency: 1 };

const LOCATION = new URL('https://pyodide.invalid/');

for (const [name, value] of [
  ['process', undefined],
  ['navigator', NAVIGATOR],
  ['location', LOCATION],
] as const) {
  Object.defineProperty(scope, name, { value, writable: true, configurable: true });
}
scope['self'] ??= globalThis;
if (!('WorkerGlobalScope' in scope)) {
  scope['WorkerGlobalScope'] = class {
    static [Symbol.hasInstance](value: unknown): boolean {
      return value === globalThis;
    }
  };
}
// Pyodide probes for a classic worker by calling this with a data: address.
scope['importScripts'] = (): never => {
  throw new Error('scripts are not loaded at run time');
};
