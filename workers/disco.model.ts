import { disco } from '#lib/models/disco/index.ts';
import { addModel } from '#lib/models/model.ts';

addModel(disco);
