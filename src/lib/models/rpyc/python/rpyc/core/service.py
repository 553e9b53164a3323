"""Services: what one side of a connection offers to the other."""

import importlib
import importlib.util
from functools import partial

from rpyc.core.protocol import Connection


def connect_service(service, channel, config={}):
    """A connection that offers a service. A class is made an object of, one for each connection."""
    root = service() if isinstance(service, type) else service
    conn = root._protocol(root, channel, config)
    root.on_connect(conn)
    return conn


class Service:
    """Offers what of its subclass is called `exposed_…`."""

    __slots__ = ()
    ALIASES = ()
    _protocol = Connection

    def on_connect(self, conn):
        """The connection is open."""

    def on_disconnect(self, conn):
        """The connection is closed: nothing can be asked of it any more."""

    def _refuse(self, *_change):
        raise AttributeError("access denied")

    _rpyc_setattr = _rpyc_delattr = _refuse

    @classmethod
    def get_service_aliases(cls):
        """Its names in a registry: ALIASES, or that of the class without `Service`."""
        names = cls.ALIASES or (cls.__name__.upper().removesuffix("SERVICE"),)
        return tuple(str(name).upper() for name in names)

    @classmethod
    def get_service_name(cls):
        return cls.get_service_aliases()[0]

    exposed_get_service_aliases = get_service_aliases
    exposed_get_service_name = get_service_name


class VoidService(Service):
    """Offers nothing."""

    __slots__ = ()


class ModuleNamespace:
    """`conn.modules`: the other side's modules as attributes and items, imported when first named."""

    __slots__ = ("_getmodule", "_found", "__weakref__")

    def __init__(self, getmodule):
        self._getmodule = getmodule
        self._found = {}
        for name in ("builtins", "importlib.util"):
            self[name]

    def __contains__(self, name):
        return self["importlib.util"]._find_spec_from_path(name) is not None

    def __getitem__(self, name):
        if name not in self._found:
            self._found[name] = self._getmodule(name)
        return self._found[name]

    def __getattr__(self, name):
        try:
            return self[name]
        except ImportError:
            raise AttributeError(name)


# Everything may be had, by its plain name, and exceptions are what they were.
_NO_RULES = {f"allow_{it}": True for it in ("all_attrs", "delattr", "getattr", "pickle", "setattr")}
_NO_RULES |= {f"instantiate_{it}_exceptions": True for it in ("custom", "oldstyle")}
_NO_RULES |= {"import_custom_exceptions": True, "allow_exposed_attrs": False}


class Slave:
    """Does what the other side says."""

    __slots__ = ("_conn", "namespace")

    def __init__(self):
        self._conn = None
        self.namespace = {}

    def execute(self, text):
        exec(text, self.namespace)

    def eval(self, text):
        return eval(text, self.namespace)

    def getmodule(self, name):
        return importlib.import_module(".".join(name) if type(name) is tuple else name)

    def getconn(self):
        return self._conn


class SlaveService(Slave, Service):
    """Classic mode: the other side may do everything."""

    __slots__ = ()

    def on_connect(self, conn):
        self._conn = conn
        conn._config.update(_NO_RULES)
        super().on_connect(conn)


class FakeSlaveService(VoidService):
    """Has the names of a slave, and does nothing."""

    __slots__ = ()
    exposed_eval = exposed_execute = exposed_getconn = exposed_getmodule = exposed_namespace = None


class MasterService(Service):
    """The side of classic mode that says what is done."""

    __slots__ = ()

    def on_connect(self, conn):
        super().on_connect(conn)
        self._install(conn, conn.root)

    @staticmethod
    def _install(conn, slave):
        from rpyc.utils.classic import teleport_function

        conn.modules = ModuleNamespace(slave.getmodule)
        for name in ("eval", "execute", "namespace"):
            setattr(conn, name, getattr(slave, name))
        conn.builtins = conn.builtin = conn.modules.builtins
        conn.teleport = partial(teleport_function, conn)


class ClassicService(MasterService, SlaveService):
    """Both sides may do everything with each other."""

    __slots__ = ()


class ClassicClient(MasterService, FakeSlaveService):
    """Says what is done, and does nothing itself."""

    __slots__ = ()
