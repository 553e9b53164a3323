import { startTraceScope } from '#lib/runtime/trace-thread.ts';

startTraceScope();
