// Modules that scripts/worker-script.ts makes.

declare module '*?script-url' {
  /** The URL of one self-contained classic script; empty while prerendering. */
  const url: string;
  export default url;
}

/** Fills `lightconeCore`, from which the scripts of models take what they share with a thread. */
declare module 'virtual:lightcone/core';

declare module 'virtual:lightcone/build' {
  /** First 12 hex digits of SHA-256 over the worker scripts: the identity of the simulation. */
  export const build: string;
}

declare module 'virtual:lightcone/python' {
  /** Where the files of scripts/python-assets.ts lie; all but the script are gzipped. */
  export const pythonUrls: Readonly<Record<'script' | 'module' | 'stdlib' | 'snapshot', string>>;
  /** Length of all of them together as they are served; 0 where that is not known (dev). */
  export const pythonBytes: number;
}

declare module 'virtual:lightcone/python-names' {
  import type { Names } from '#lib/editor/python/names.ts';
  /** What scripts/describe_names.py says of Python's modules. */
  const names: Names;
  export default names;
}
