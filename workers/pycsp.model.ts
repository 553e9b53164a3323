import { addModel } from '#lib/models/model.ts';
import { pycsp } from '#lib/models/pycsp/index.ts';

addModel(pycsp);
