// The `test` of this project: pages are relative to the served site (`page.goto('lessons/')`),
// and a test fails on anything the page reports to its console as an error.

import { test as base, expect } from '@playwright/test';

/** Of a journey that `npm run test:e2e` walks: the gate has no time for it. */
export const LONG = { tag: '@long' };

interface Site {
  /** Where the site is served below a subpath, with a trailing slash. */
  subpathUrl: string;
  /** Errors that the page has reported so far; must be empty when the test ends. */
  pageErrors: string[];
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`not set: ${name}`);
  return value;
}

export const test = base.extend<Site>({
  baseURL: ({}, use) => use(environment('LIGHTCONE_URL')),
  subpathUrl: ({}, use) => use(environment('LIGHTCONE_SUBPATH_URL')),
  pageErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
      });
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
