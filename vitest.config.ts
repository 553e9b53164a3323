import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/{conformance,law,lessons,scripts}/**/*.test.ts'],
    passWithNoTests: true,
  },
});
