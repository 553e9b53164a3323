// RPyC: transparent remote objects. What the runtime needs of it.

export { RPYC_WIRE } from './dissector.ts';
