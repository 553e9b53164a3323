// The Python package of this model, as texts: kept compiled in every interpreter's snapshot.

import pycspInit from './pycsp/__init__.py?raw';
import pycspConfiguration from './pycsp/_configuration.py?raw';
import pycspEngine from './pycsp/_engine.py?raw';
import pycspHome from './pycsp/_home.py?raw';
import pycspSelect from './pycsp/_select.py?raw';
import pycspShown from './pycsp/_shown.py?raw';
import pycspCommonInit from './pycsp/common/__init__.py?raw';
import pycspCommonTrace from './pycsp/common/trace.py?raw';
import pycspCurrent from './pycsp/current.py?raw';
import pycspGreenletsInit from './pycsp/greenlets/__init__.py?raw';
import pycspGreenletsAltselect from './pycsp/greenlets/altselect.py?raw';
import pycspGreenletsChannel from './pycsp/greenlets/channel.py?raw';
import pycspGreenletsCompat from './pycsp/greenlets/compat.py?raw';
import pycspGreenletsExceptions from './pycsp/greenlets/exceptions.py?raw';
import pycspGreenletsProcess from './pycsp/greenlets/process.py?raw';
import pycspGreenletsScheduling from './pycsp/greenlets/scheduling.py?raw';
import pycspKinds from './pycsp/kinds.py?raw';
import pycspParallelInit from './pycsp/parallel/__init__.py?raw';
import pycspParallelAltselect from './pycsp/parallel/altselect.py?raw';
import pycspParallelChannel from './pycsp/parallel/channel.py?raw';
import pycspParallelElsewhere from './pycsp/parallel/elsewhere.py?raw';
import pycspParallelExceptions from './pycsp/parallel/exceptions.py?raw';
import pycspParallelNetwork from './pycsp/parallel/network.py?raw';
import pycspParallelProcess from './pycsp/parallel/process.py?raw';
import pycspParallelValues from './pycsp/parallel/values.py?raw';

/** Text by path, as below a folder of sys.path. */
export const PYCSP_FILES: Readonly<Record<string, string>> = {
  'pycsp/__init__.py': pycspInit,
  'pycsp/_configuration.py': pycspConfiguration,
  'pycsp/_engine.py': pycspEngine,
  'pycsp/_home.py': pycspHome,
  'pycsp/_select.py': pycspSelect,
  'pycsp/_shown.py': pycspShown,
  'pycsp/common/__init__.py': pycspCommonInit,
  'pycsp/common/trace.py': pycspCommonTrace,
  'pycsp/current.py': pycspCurrent,
  'pycsp/greenlets/__init__.py': pycspGreenletsInit,
  'pycsp/greenlets/altselect.py': pycspGreenletsAltselect,
  'pycsp/greenlets/channel.py': pycspGreenletsChannel,
  'pycsp/greenlets/compat.py': pycspGreenletsCompat,
  'pycsp/greenlets/exceptions.py': pycspGreenletsExceptions,
  'pycsp/greenlets/process.py': pycspGreenletsProcess,
  'pycsp/greenlets/scheduling.py': pycspGreenletsScheduling,
  'pycsp/kinds.py': pycspKinds,
  'pycsp/parallel/__init__.py': pycspParallelInit,
  'pycsp/parallel/altselect.py': pycspParallelAltselect,
  'pycsp/parallel/channel.py': pycspParallelChannel,
  'pycsp/parallel/elsewhere.py': pycspParallelElsewhere,
  'pycsp/parallel/exceptions.py': pycspParallelExceptions,
  'pycsp/parallel/network.py': pycspParallelNetwork,
  'pycsp/parallel/process.py': pycspParallelProcess,
  'pycsp/parallel/values.py': pycspParallelValues,
};
