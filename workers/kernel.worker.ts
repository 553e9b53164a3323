import 'virtual:lightcone/core';
import { startKernelScope } from '#lib/runtime/kernel-scope.ts';

startKernelScope();
