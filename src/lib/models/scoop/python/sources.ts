// The Python package of this model, as texts: kept in every interpreter's snapshot as compiled code.

import init from './scoop/__init__.py?raw';
import engine from './scoop/_engine.py?raw';
import types from './scoop/_types.py?raw';
import bootstrapInit from './scoop/bootstrap/__init__.py?raw';
import bootstrapMain from './scoop/bootstrap/__main__.py?raw';
import fallbacks from './scoop/fallbacks.py?raw';
import futures from './scoop/futures.py?raw';
import shared from './scoop/shared.py?raw';

/** Text by path, as below a folder of sys.path. */
export const SCOOP_FILES: Readonly<Record<string, string>> = {
  'scoop/__init__.py': init,
  'scoop/_engine.py': engine,
  'scoop/_types.py': types,
  'scoop/bootstrap/__init__.py': bootstrapInit,
  'scoop/bootstrap/__main__.py': bootstrapMain,
  'scoop/fallbacks.py': fallbacks,
  'scoop/futures.py': futures,
  'scoop/shared.py': shared,
};
