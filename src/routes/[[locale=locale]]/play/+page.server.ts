import { readExamples } from '#lib/lessons/examples.ts';
import { readExperiments } from '#lib/lessons/experiments.ts';
import type { PageServerLoad } from './$types';

// The playground begins with the files of the first lesson: a blank page teaches nobody.
export const load: PageServerLoad = async () => ({
  examples: await readExamples(),
  experiments: await readExperiments(),
});
