// What lessons promise, on many seeds: one share of four.

import { testPromises } from '../support/lesson-promises.ts';

await testPromises(1);
