// RPyC: transparent remote objects. What the runtime needs of it: how its messages are named, and the
// module that TypeScript learners import. The Python package is an engine of its own (python/).

export { RPYC_WIRE } from './dissector.ts';
export { REGISTRY_WIRE } from './registry-wire.ts';
export { createModule } from './face/module.ts';
