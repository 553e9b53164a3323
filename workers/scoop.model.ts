import { addModel } from '#lib/models/model.ts';
import { scoop } from '#lib/models/scoop/index.ts';

addModel(scoop);
