import { startPythonScope } from '#lib/runtime/python-scope.ts';

startPythonScope();
