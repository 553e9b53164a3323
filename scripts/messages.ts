// The translations: how Paraglide turns messages/<locale>/*.json into src/lib/i18n/paraglide.
// Run as a program it compiles once, for the type checker and the linter, which see no Vite.

import { compile, type CompilerOptions } from '@inlang/paraglide-js';

export const messageOptions: CompilerOptions = {
  project: './project.inlang',
  outdir: './src/lib/i18n/paraglide',
  // One module per locale: rolldown drops what a page does not use, and dev stays quick.
  outputStructure: 'locale-modules',
  // The locale is in the path; src/lib/i18n/locale.ts reads it.
  strategy: ['globalVariable', 'baseLocale'],
  isServer: 'import.meta.env.SSR',
  disableAsyncLocalStorage: true,
  emitReadme: false,
  emitGitIgnore: false,
  emitPrettierIgnore: false,
};

if (import.meta.main) await compile(messageOptions);
