import { rpyc } from '#lib/models/rpyc/index.ts';
import { addModel } from '#lib/models/model.ts';

addModel(rpyc);
