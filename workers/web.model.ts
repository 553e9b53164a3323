import { addModel } from '#lib/models/model.ts';
import { web } from '#lib/models/web/index.ts';

addModel(web);
