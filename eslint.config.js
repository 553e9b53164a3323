import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const LAW = "differs between runs, engines or machines: use the simulation's own";
const OF_THE_MACHINE = [
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'fetch',
  'Intl',
  'crypto',
  'WeakRef',
  'FinalizationRegistry',
  'process',
];
const INEXACT = [
  'random',
  'log',
  'exp',
  'sin',
  'cos',
  'tan',
  'expm1',
  'log1p',
  'cbrt',
  'hypot',
  'atan2',
  'log2',
  'tanh',
];
const LOCALE = ['localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase'];

export default defineConfig(
  globalIgnores([
    'build/',
    '.svelte-kit/',
    'src/lib/i18n/paraglide/',
    'static/',
    'tests/fixtures/',
    'test-results/',
    'playwright-report/',
  ]),
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // The type checker knows every name.
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // A fixture of Playwright says with {} that it needs no other.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
      eqeqeq: ['error', 'smart'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser } },
    rules: {
      // localHref() of src/lib/i18n resolves every address of the site.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    // The determinism law (DESIGN, "Determinism"): nothing that runs inside a simulation reads a
    // clock, luck or a locale of the machine it happens to run on.
    files: ['src/lib/{protocol,kernel,node,trace,models}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...OF_THE_MACHINE.map((name) => ({ name, message: LAW }))],
      'no-restricted-properties': [
        'error',
        ...INEXACT.map((property) => ({ object: 'Math', property, message: LAW })),
        ...LOCALE.map((property) => ({ property, message: LAW })),
        { object: 'Date', property: 'now', message: LAW },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: LAW },
      ],
    },
  },
);
