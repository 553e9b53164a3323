import path from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { kitConfig } from './kit.config.ts';
import { builtMessageOptions, messageOptions } from './scripts/messages.ts';
import { babelInBrowser } from './scripts/babel-in-browser.ts';
import { monacoParts } from './scripts/monaco-parts.ts';
import { pythonFiles } from './scripts/python-assets.ts';
import { pythonNamesModule } from './scripts/python-names.ts';
import { workerScript } from './scripts/worker-script.ts';

export default defineConfig(({ command }) => ({
  resolve: {
    alias:
      command === 'build'
        ? { '#lib/i18n/paraglide': path.resolve(builtMessageOptions.outdir) }
        : {},
  },
  plugins: [
    paraglideVitePlugin(command === 'build' ? builtMessageOptions : messageOptions),
    workerScript(),
    pythonFiles(),
    pythonNamesModule(),
    babelInBrowser(),
    monacoParts(),
    sveltekit(kitConfig),
  ],
}));
