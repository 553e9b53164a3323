// Pyro4: calls to objects of other processes. What the runtime needs of it.

export { pyroWire } from './dissector.ts';
