// Lets @babel/core run in a page: it asks Node for paths and for its environment. Only the compile
// step of learners' programs imports it, when somebody presses Run.

import type { Plugin } from 'vite';

const ASSERT = '\0lightcone:assert';

/** Where Babel's packages import a module of Node's, this is what they get. */
const substitutes = {
  name: 'lightcone:babel-substitutes',
  resolveId(source: string, importer: string | undefined) {
    if (!importer?.includes('@babel')) return null;
    if (source === 'node:path') {
      // Told by its file: the optimizer of dev does not look for packages from here.
      return import.meta.resolve('path-browserify').replace('file://', '');
    }
    return source === 'node:assert' ? ASSERT : null;
  },
  load(id: string) {
    if (id !== ASSERT) return null;
    return 'export default (held) => { if (!held) throw new Error("assertion failed"); };';
  },
};

/** Answers for the Node modules and variables that Babel's packages use, in pages only. */
export function babelInBrowser(): Plugin {
  return {
    ...substitutes,
    name: 'lightcone:babel-in-browser',
    enforce: 'pre',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    config: () => ({
      define: {
        'process.env.BABEL_ENV': 'undefined',
        'process.env.BROWSERSLIST': 'undefined',
        'process.env.BROWSERSLIST_CONFIG': 'undefined',
      },
      optimizeDeps: { rolldownOptions: { plugins: [substitutes] } },
    }),
  };
}
