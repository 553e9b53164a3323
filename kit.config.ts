// SvelteKit's settings. Kit 3 refuses to start beside a svelte.config.js, so they live here and
// reach it through vite.config.ts.

import adapter from '@sveltejs/adapter-static';
import type { Config } from '@sveltejs/kit/vite';
import { siteVersion } from './scripts/site-version.ts';

/**
 * The path the site is served from: '' or '/course/lightcone'. Pages and scripts use relative
 * addresses and work anywhere; only 404.html, shown at any depth, needs to know it.
 */
const base = (process.env['BASE_PATH'] ?? '').replace(/\/+$/, '') as '' | `/${string}`;

export const kitConfig: Config = {
  adapter: adapter({ pages: 'build', fallback: '404.html' }),
  paths: { base, relative: true },
  version: { name: siteVersion(base) },
  // Registered by src/routes/offline/register.ts, once the page has what it needs.
  serviceWorker: { register: false },
  prerender: {
    entries: ['*', '/zh/'],
    // A build may hold no lesson.
    handleUnseenRoutes: 'ignore',
  },
};
