// The translations: how Paraglide turns messages/<locale>/*.json into src/lib/i18n/paraglide.
// Run as a program it compiles once, for the type checker, the linter and tests, which see no Vite.

import { compile, type CompilerOptions } from '@inlang/paraglide-js';

export const messageOptions: CompilerOptions = {
  project: './project.inlang',
  outdir: './src/lib/i18n/paraglide',
  // One module per locale: dev and tests load two files, not one for each message.
  outputStructure: 'locale-modules',
  // The locale is in the path; src/lib/i18n/locale.ts reads it.
  strategy: ['globalVariable', 'baseLocale'],
  isServer: 'import.meta.env.SSR',
  disableAsyncLocalStorage: true,
  emitReadme: false,
  emitGitIgnore: false,
  emitPrettierIgnore: false,
};

/**
 * For the built site: one module per message, so that what only a panel says comes with the panel. In
 * a folder of its own, as the type checker may be reading the other.
 */
export const builtMessageOptions: CompilerOptions = {
  ...messageOptions,
  outdir: './node_modules/.cache/lightcone-messages',
  outputStructure: 'message-modules',
};

if (import.meta.main) await compile(messageOptions);
