import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { pythonFiles } from './scripts/python-assets.ts';
import { workerScript } from './scripts/worker-script.ts';

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Vitest leaves a core to itself otherwise: of two, that is half.
    maxWorkers: '100%',
    projects: [
      {
        // Everything that runs without a page: no Kit, no Svelte, so it starts at once.
        plugins: [workerScript(), pythonFiles()],
        test: {
          name: 'node',
          environment: 'node',
          // For what hangs: how long a test takes is the machine's business.
          testTimeout: 60_000,
          include: ['src/**/*.test.ts', 'tests/{conformance,fuzz,law,rules,scripts}/**/*.test.ts'],
          exclude: ['**/*.svelte.test.ts', '**/node_modules/**'],
        },
      },
      {
        // What lessons say. Dozens of small files that share all they import, and change none of it.
        plugins: [workerScript(), pythonFiles()],
        test: {
          name: 'lessons',
          environment: 'node',
          isolate: false,
          testTimeout: 60_000,
          include: ['tests/lessons/**/*.test.ts'],
        },
      },
      {
        // The law in every engine on this machine; `npm run test:law`, not part of the gate.
        plugins: [workerScript(), pythonFiles()],
        test: { name: 'engines', environment: 'node', include: ['tests/law/**/*.law.ts'] },
      },
      {
        // Classes with runes, compiled as for the browser.
        plugins: [svelte({ configFile: false }), workerScript(), pythonFiles()],
        resolve: { conditions: ['browser'] },
        test: { name: 'runes', environment: 'node', include: ['src/**/*.svelte.test.ts'] },
      },
    ],
  },
});
