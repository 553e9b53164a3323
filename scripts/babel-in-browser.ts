// Lets @babel/core run in a page: it asks Node for paths and for its environment. Only the compile
// step of learners' programs imports it, when somebody presses Run.

import type { Plugin } from 'vite';

const ASSERT = '\0lightcone:assert';

/** Answers for the Node modules that Babel's packages import. */
export function babelInBrowser(): Plugin {
  return {
    name: 'lightcone:babel-in-browser',
    enforce: 'pre',
    config: () => ({
      define: {
        'process.env.BABEL_ENV': 'undefined',
        'process.env.BROWSERSLIST': 'undefined',
        'process.env.BROWSERSLIST_CONFIG': 'undefined',
      },
    }),
    resolveId(source, importer) {
      if (!importer?.includes('@babel') || this.environment.config.consumer !== 'client')
        return null;
      if (source === 'node:path') return this.resolve('path-browserify', importer);
      return source === 'node:assert' ? ASSERT : null;
    },
    load(id) {
      if (id !== ASSERT) return null;
      return 'export default (held) => { if (!held) throw new Error("assertion failed"); };';
    },
  };
}
