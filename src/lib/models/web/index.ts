// The web: a browser at a desk, curl, and HTTP for TypeScript learners (Python has http.server and urllib).

import { run } from '#lib/node/promise.ts';
import type { Model } from '../model.ts';
import { openMain } from './browser.ts';
import { curlMain } from './curl.ts';
import { createModule } from './module.ts';

export const web: Model = {
  name: 'web',
  commands: {
    open: (process) => run(openMain(process)),
    curl: (process) => run(curlMain(process)),
  },
  createModule,
};
