// The Python package of this model, as texts: kept compiled in every interpreter's snapshot.

import rpycInit from './rpyc/__init__.py?raw';
import rpycCliInit from './rpyc/cli/__init__.py?raw';
import rpycCliRpycClassic from './rpyc/cli/rpyc_classic.py?raw';
import rpycCliRpycRegistry from './rpyc/cli/rpyc_registry.py?raw';
import rpycCoreInit from './rpyc/core/__init__.py?raw';
import rpycCoreAsync from './rpyc/core/async_.py?raw';
import rpycCoreBrine from './rpyc/core/brine.py?raw';
import rpycCoreChannel from './rpyc/core/channel.py?raw';
import rpycCoreConsts from './rpyc/core/consts.py?raw';
import rpycCoreNetref from './rpyc/core/netref.py?raw';
import rpycCoreProtocol from './rpyc/core/protocol.py?raw';
import rpycCoreSeen from './rpyc/core/seen.py?raw';
import rpycCoreService from './rpyc/core/service.py?raw';
import rpycCoreStream from './rpyc/core/stream.py?raw';
import rpycCoreVinegar from './rpyc/core/vinegar.py?raw';
import rpycLibInit from './rpyc/lib/__init__.py?raw';
import rpycLibCompat from './rpyc/lib/compat.py?raw';
import rpycUtilsInit from './rpyc/utils/__init__.py?raw';
import rpycUtilsAuthenticators from './rpyc/utils/authenticators.py?raw';
import rpycUtilsClassic from './rpyc/utils/classic.py?raw';
import rpycUtilsFactory from './rpyc/utils/factory.py?raw';
import rpycUtilsHelpers from './rpyc/utils/helpers.py?raw';
import rpycUtilsRegistry from './rpyc/utils/registry.py?raw';
import rpycUtilsServer from './rpyc/utils/server.py?raw';
import rpycUtilsTeleportation from './rpyc/utils/teleportation.py?raw';
import rpycVersion from './rpyc/version.py?raw';

/** Text by path, as below a folder of sys.path. */
export const RPYC_FILES: Readonly<Record<string, string>> = {
  'rpyc/__init__.py': rpycInit,
  'rpyc/cli/__init__.py': rpycCliInit,
  'rpyc/cli/rpyc_classic.py': rpycCliRpycClassic,
  'rpyc/cli/rpyc_registry.py': rpycCliRpycRegistry,
  'rpyc/core/__init__.py': rpycCoreInit,
  'rpyc/core/async_.py': rpycCoreAsync,
  'rpyc/core/brine.py': rpycCoreBrine,
  'rpyc/core/channel.py': rpycCoreChannel,
  'rpyc/core/consts.py': rpycCoreConsts,
  'rpyc/core/netref.py': rpycCoreNetref,
  'rpyc/core/protocol.py': rpycCoreProtocol,
  'rpyc/core/seen.py': rpycCoreSeen,
  'rpyc/core/service.py': rpycCoreService,
  'rpyc/core/stream.py': rpycCoreStream,
  'rpyc/core/vinegar.py': rpycCoreVinegar,
  'rpyc/lib/__init__.py': rpycLibInit,
  'rpyc/lib/compat.py': rpycLibCompat,
  'rpyc/utils/__init__.py': rpycUtilsInit,
  'rpyc/utils/authenticators.py': rpycUtilsAuthenticators,
  'rpyc/utils/classic.py': rpycUtilsClassic,
  'rpyc/utils/factory.py': rpycUtilsFactory,
  'rpyc/utils/helpers.py': rpycUtilsHelpers,
  'rpyc/utils/registry.py': rpycUtilsRegistry,
  'rpyc/utils/server.py': rpycUtilsServer,
  'rpyc/utils/teleportation.py': rpycUtilsTeleportation,
  'rpyc/version.py': rpycVersion,
};
