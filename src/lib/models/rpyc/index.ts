// RPyC: transparent remote objects. The Python package is an engine of its own (python/).

import type { Model } from '../model.ts';
import { createModule } from './face/module.ts';

export const rpyc: Model = { name: 'rpyc', commands: {}, createModule };
