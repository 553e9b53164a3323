// What a trace says of input, and what input says by itself.

/** The `what` of the wait of a program that wants a line. */
export const INPUT_WAIT = 'a line of input';

/** A line that holds only Control-D, as at a terminal: input ends there for who asks (Python does). */
export const END_OF_INPUT = '\u0004';
