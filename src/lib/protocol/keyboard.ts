// How a trace says that a program waits for a line of input: the `what` of its wait.

export const INPUT_WAIT = 'a line of input';
