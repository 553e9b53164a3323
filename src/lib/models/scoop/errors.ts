// The exceptions of SCOOP and of pickling, for programs in TypeScript.

/** A value or function has no form in which it could travel. */
export class PicklingError extends Error {
  override name = 'PicklingError';
}

/** A task refers to something that this worker's copy of the program has not. */
export class ReferenceBroken extends Error {
  override name = 'ReferenceBroken';
}

/** The program was started by itself, not by SCOOP's launcher. */
export class NotStartedProperly extends Error {
  override name = 'NotStartedProperly';
}

/** A result did not come in time; the future goes on. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

/** The future was cancelled, and has no result. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}
