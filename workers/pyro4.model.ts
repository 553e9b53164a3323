import { pyro4 } from '#lib/models/pyro4/index.ts';
import { addModel } from '#lib/models/model.ts';

addModel(pyro4);
