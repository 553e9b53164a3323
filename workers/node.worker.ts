import 'virtual:lightcone/core';
import { startNodeScope } from '#lib/runtime/node-scope.ts';

startNodeScope();
