// The exceptions of Disco (disco/error.py) under their own names.

import { simErrors } from '#lib/node/engine-errors.ts';

export class DiscoError extends simErrors.Error {
  override name = 'DiscoError';
}

/** A job died or took too long. */
export class JobError extends DiscoError {
  override name = 'JobError';
}

/** Something at an address could not be read. A task that meets it is tried again. */
export class DataError extends DiscoError {
  override name = 'DataError';
}

/** A server could not be reached. A task that meets it is tried again. */
export class CommError extends DiscoError {
  override name = 'CommError';
}
