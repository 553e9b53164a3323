"""Settings of both implementations; only pycsp.parallel heeds them."""

SOCKETS_CONNECT_TIMEOUT = 0
SOCKETS_CONNECT_RETRY_DELAY = 1
SOCKETS_BIND_TIMEOUT = 2
SOCKETS_BIND_RETRY_DELAY = 3
SOCKETS_STRICT_MODE = 4
PYCSP_PORT = 5
PYCSP_HOST = 6


class Configuration:
    """One for the whole interpreter: `Configuration().set(SOCKETS_CONNECT_TIMEOUT, 10)`."""

    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = object.__new__(cls)
            cls._instance._values = {
                SOCKETS_CONNECT_TIMEOUT: 2,
                SOCKETS_CONNECT_RETRY_DELAY: 0.2,
                SOCKETS_BIND_TIMEOUT: 2,
                SOCKETS_BIND_RETRY_DELAY: 0.2,
                PYCSP_PORT: 0,
                PYCSP_HOST: "",
                SOCKETS_STRICT_MODE: False,
            }
        return cls._instance

    def get(self, conf_id):
        return self._values[conf_id]

    def set(self, conf_id, value):
        self._values[conf_id] = value
