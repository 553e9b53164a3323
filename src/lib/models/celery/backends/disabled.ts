// No result backend: asking for a result is an error, in the words of the real one (SEMANTICS 1.2).

import type { Body } from '#lib/node/promise.ts';
import { done, failed } from '../coroutines.ts';
import { AttributeError, NotImplementedError } from '../errors.ts';
import { CHORDS_NEED, type Found, type ResultBackend, type ResultMeta } from './backend.ts';

const NO_BACKEND =
  'No result backend is configured.\nPlease see the documentation for more information.';
const NO_CHORDS = `Starting chords requires a result backend to be configured.\n\n${CHORDS_NEED}`;
const NO_META = "'DisabledBackend' object has no attribute '_get_task_meta_for'";

export class DisabledBackend implements ResultBackend {
  readonly description = 'disabled://';
  readonly hosts: readonly string[] = [];

  onTaskCall(): Body<void> {
    return done();
  }

  /** The result is dropped. */
  store(): Body<void> {
    return done();
  }

  meta(): Body<ResultMeta> {
    return failed(new AttributeError(NO_META));
  }

  wait(): Body<Found> {
    return failed(new NotImplementedError(NO_BACKEND));
  }

  forget(): Body<void> {
    return failed(new NotImplementedError('backend does not implement forget.'));
  }

  ensureChordsAllowed(): void {
    throw new NotImplementedError(NO_CHORDS);
  }

  setChordSize(): Body<void> {
    return done();
  }

  addChordPart(): Body<null> {
    return done(null);
  }

  extendChord(): Body<void> {
    return failed(new NotImplementedError('Backend does not support add_to_chord'));
  }

  dropChord(): Body<void> {
    return done();
  }

  saveGroup(): Body<void> {
    return failed(new NotImplementedError(NO_BACKEND));
  }

  restoreGroup(): Body<null> {
    return done(null);
  }

  deleteGroup(): Body<void> {
    return done();
  }
}
