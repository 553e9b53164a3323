// The entry of the service worker: what the build has made, and one call.

import { version } from '$app/env';
import { assets, immutable, prerendered } from '$app/manifest';
import { keepSite, type WorkerScope } from '#lib/offline/worker.ts';

keepSite(globalThis as unknown as WorkerScope, { assets, immutable, prerendered }, version);
