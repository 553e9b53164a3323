// PyCSP: processes that share nothing but channels. What the runtime needs of it: the module that
// TypeScript learners import. The Python package is an engine of its own (python/).

export { createModule } from './face/module.ts';
