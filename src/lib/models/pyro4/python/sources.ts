// The Python packages of this model, as texts: kept compiled in every interpreter's snapshot.

import serpent from './serpent.py?raw';
import pyro4Init from './Pyro4/__init__.py?raw';
import pyro4Calls from './Pyro4/_calls.py?raw';
import pyro4Context from './Pyro4/_context.py?raw';
import pyro4Daemon from './Pyro4/_daemon.py?raw';
import pyro4Exposing from './Pyro4/_exposing.py?raw';
import pyro4Locate from './Pyro4/_locate.py?raw';
import pyro4Proxy from './Pyro4/_proxy.py?raw';
import pyro4Seen from './Pyro4/_seen.py?raw';
import pyro4Serializers from './Pyro4/_serializers.py?raw';
import pyro4Servers from './Pyro4/_servers.py?raw';
import pyro4Tracebacks from './Pyro4/_tracebacks.py?raw';
import pyro4Uri from './Pyro4/_uri.py?raw';
import pyro4Configuration from './Pyro4/configuration.py?raw';
import pyro4Constants from './Pyro4/constants.py?raw';
import pyro4Core from './Pyro4/core.py?raw';
import pyro4Errors from './Pyro4/errors.py?raw';
import pyro4Futures from './Pyro4/futures.py?raw';
import pyro4Message from './Pyro4/message.py?raw';
import pyro4Naming from './Pyro4/naming.py?raw';
import pyro4NamingStorage from './Pyro4/naming_storage.py?raw';
import pyro4Nsc from './Pyro4/nsc.py?raw';
import pyro4Socketutil from './Pyro4/socketutil.py?raw';
import pyro4Util from './Pyro4/util.py?raw';

/** Text by path, as below a folder of sys.path. */
export const PYRO4_FILES: Readonly<Record<string, string>> = {
  'serpent.py': serpent,
  'Pyro4/__init__.py': pyro4Init,
  'Pyro4/_calls.py': pyro4Calls,
  'Pyro4/_context.py': pyro4Context,
  'Pyro4/_daemon.py': pyro4Daemon,
  'Pyro4/_exposing.py': pyro4Exposing,
  'Pyro4/_locate.py': pyro4Locate,
  'Pyro4/_proxy.py': pyro4Proxy,
  'Pyro4/_seen.py': pyro4Seen,
  'Pyro4/_serializers.py': pyro4Serializers,
  'Pyro4/_servers.py': pyro4Servers,
  'Pyro4/_tracebacks.py': pyro4Tracebacks,
  'Pyro4/_uri.py': pyro4Uri,
  'Pyro4/configuration.py': pyro4Configuration,
  'Pyro4/constants.py': pyro4Constants,
  'Pyro4/core.py': pyro4Core,
  'Pyro4/errors.py': pyro4Errors,
  'Pyro4/futures.py': pyro4Futures,
  'Pyro4/message.py': pyro4Message,
  'Pyro4/naming.py': pyro4Naming,
  'Pyro4/naming_storage.py': pyro4NamingStorage,
  'Pyro4/nsc.py': pyro4Nsc,
  'Pyro4/socketutil.py': pyro4Socketutil,
  'Pyro4/util.py': pyro4Util,
};
