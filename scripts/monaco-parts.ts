// Keeps Monaco to the parts that src/lib/editor/monaco.ts names. Its TypeScript mode, which it loads
// when the first model is there, imports every other feature as well: half a megabyte, and features
// that come after the first editor has made Monaco's services miss theirs in every editor after it
// ("depends on UNKNOWN service").

import type { Plugin } from 'vite';

const OVERREACHING = /monaco-editor\/esm\/vs\/internal\/common\/workers\.js$/;
/** An import for its effects alone. */
const EFFECT_IMPORT = /^import '[^']+';$/gm;

const parts = {
  name: 'lightcone:monaco-parts',
  transform(code: string, id: string) {
    if (!OVERREACHING.test(id.split('?')[0]!)) return null;
    return { code: code.replace(EFFECT_IMPORT, ''), map: null };
  },
};

/** Leaves out the features of Monaco that nobody asked for. */
export function monacoParts(): Plugin {
  return {
    ...parts,
    enforce: 'pre',
    config: () => ({ optimizeDeps: { rolldownOptions: { plugins: [parts] } } }),
  };
}
