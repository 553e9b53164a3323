// PyCSP: processes that share nothing but channels. The Python package is an engine of its own.

import type { Model } from '../model.ts';
import { createModule } from './face/module.ts';

export const pycsp: Model = { name: 'pycsp', commands: {}, createModule };
