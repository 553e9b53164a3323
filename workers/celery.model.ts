import { celery } from '#lib/models/celery/index.ts';
import { addModel } from '#lib/models/model.ts';

addModel(celery);
