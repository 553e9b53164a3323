// The Python package of this model, as texts: kept in every interpreter's snapshot as compiled code.

import init from './disco/__init__.py?raw';
import engine from './disco/_engine.py?raw';
import core from './disco/core.py?raw';
import ddfs from './disco/ddfs.py?raw';
import error from './disco/error.py?raw';
import job from './disco/job.py?raw';
import util from './disco/util.py?raw';
import worker from './disco/worker/__init__.py?raw';
import classic from './disco/worker/classic/__init__.py?raw';
import func from './disco/worker/classic/func.py?raw';
import pipeline from './disco/worker/pipeline/__init__.py?raw';
import pipelineWorker from './disco/worker/pipeline/worker.py?raw';
import task from './disco/worker/task.py?raw';

/** Text by path, as below a folder of sys.path. */
export const DISCO_FILES: Readonly<Record<string, string>> = {
  'disco/__init__.py': init,
  'disco/_engine.py': engine,
  'disco/core.py': core,
  'disco/ddfs.py': ddfs,
  'disco/error.py': error,
  'disco/job.py': job,
  'disco/util.py': util,
  'disco/worker/__init__.py': worker,
  'disco/worker/classic/__init__.py': classic,
  'disco/worker/classic/func.py': func,
  'disco/worker/pipeline/__init__.py': pipeline,
  'disco/worker/pipeline/worker.py': pipelineWorker,
  'disco/worker/task.py': task,
};
