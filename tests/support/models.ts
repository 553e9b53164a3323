// All models, for tests that boot processes in their own thread.

import { celery } from '#lib/models/celery/index.ts';
import { addModel } from '#lib/models/model.ts';
import { disco } from '#lib/models/disco/index.ts';
import { pycsp } from '#lib/models/pycsp/index.ts';
import { pyro4 } from '#lib/models/pyro4/index.ts';
import { rpyc } from '#lib/models/rpyc/index.ts';
import { web } from '#lib/models/web/index.ts';
import { scoop } from '#lib/models/scoop/index.ts';

/** Makes every model known to this thread, as the scripts of models do. */
export function addModels(): void {
  for (const model of [celery, pyro4, rpyc, pycsp, scoop, disco, web]) addModel(model);
}
