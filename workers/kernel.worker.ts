import { startKernelScope } from '#lib/runtime/kernel-scope.ts';

startKernelScope();
