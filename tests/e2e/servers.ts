// Serves the built site twice for the browser tests: at the root and below a subpath, as a
// course's site would have it. Run `npm run build` first.

import { existsSync } from 'node:fs';
import { serve } from '../../scripts/serve.mjs';

export default async function startServers() {
  if (!existsSync('build/index.html')) throw new Error('nothing to test: run npm run build first');
  const site = await serve('build');
  const below = await serve('build', { base: '/course/lightcone' });
  process.env['LIGHTCONE_URL'] = site.url;
  process.env['LIGHTCONE_SUBPATH_URL'] = below.url;
  return () => Promise.all([site.close(), below.close()]);
}
