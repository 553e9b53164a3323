// Modules that scripts/worker-script.ts makes.

declare module '*?script-url' {
  /** The URL of one self-contained classic script; empty while prerendering. */
  const url: string;
  export default url;
}

declare module 'virtual:lightcone/build' {
  /** First 12 hex digits of SHA-256 over the worker scripts: the identity of the simulation. */
  export const build: string;
}
