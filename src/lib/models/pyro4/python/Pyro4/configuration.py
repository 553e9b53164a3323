"""Settings of this process: `Pyro4.config`, preset by environment variables `PYRO_<name>`."""

import os
import pickle
import platform

from . import constants

DEFAULTS = {
    "HOST": "localhost",
    "NS_HOST": "localhost",
    "NS_PORT": 9090,
    "NS_BCPORT": 9091,
    "NS_BCHOST": None,
    "NS_AUTOCLEAN": 0.0,
    "NATHOST": None,
    "NATPORT": 0,
    "COMPRESSION": False,
    "SERVERTYPE": "thread",
    "COMMTIMEOUT": 0.0,
    "POLLTIMEOUT": 2.0,
    "SOCK_REUSE": True,
    "SOCK_NODELAY": False,
    "ONEWAY_THREADED": True,
    "DETAILED_TRACEBACK": False,
    "THREADPOOL_SIZE": 40,
    "THREADPOOL_SIZE_MIN": 4,
    "AUTOPROXY": True,
    "MAX_MESSAGE_SIZE": 0,
    "BROADCAST_ADDRS": "<broadcast>, 0.0.0.0",
    "FLAME_ENABLED": False,
    "PREFER_IP_VERSION": 4,
    "SERIALIZER": "serpent",
    "SERIALIZERS_ACCEPTED": "serpent,marshal,json",
    "LOGWIRE": False,
    "PICKLE_PROTOCOL_VERSION": pickle.HIGHEST_PROTOCOL,
    "DILL_PROTOCOL_VERSION": -1,
    "METADATA": True,
    "REQUIRE_EXPOSE": True,
    "USE_MSG_WAITALL": True,
    "JSON_MODULE": "json",
    "MAX_RETRIES": 0,
    "ITER_STREAMING": True,
    "ITER_STREAM_LIFETIME": 0.0,
    "ITER_STREAM_LINGER": 30.0,
    "SSL": False,
    "SSL_SERVERCERT": "",
    "SSL_SERVERKEY": "",
    "SSL_SERVERKEYPASSWD": "",
    "SSL_REQUIRECLIENTCERT": False,
    "SSL_CLIENTCERT": "",
    "SSL_CLIENTKEY": "",
    "SSL_CLIENTKEYPASSWD": "",
    "SSL_CACERTS": "",
}

NO = {"0", "off", "no", "false"}
YES = {"1", "on", "yes", "true"}


class Configuration:
    """Takes its settings and no others: a misspelt one is an AttributeError."""

    __slots__ = tuple(DEFAULTS)

    def __init__(self):
        self.reset()

    def reset(self, useenvironment=True):
        """Back to the defaults, and to what the environment says."""
        for name, default in DEFAULTS.items():
            given = os.environ.get(f"PYRO_{name}") if useenvironment else None
            setattr(self, name, default if given is None else _converted(name, default, given))
        self.SERIALIZERS_ACCEPTED = set(self.SERIALIZERS_ACCEPTED.split(","))

    def asDict(self):
        return {name: getattr(self, name) for name in DEFAULTS}

    def parseAddressesString(self, addresses):
        """The addresses between commas; `''` stands for an empty one."""
        parts = (part.strip() for part in addresses.split(","))
        return ["" if part == "''" else part for part in parts]

    def dump(self):
        """What is set, as `python -m Pyro4.configuration` prints it."""
        settings = self.asDict()
        settings["LOGFILE"] = os.environ.get("PYRO_LOGFILE")
        settings["LOGLEVEL"] = os.environ.get("PYRO_LOGLEVEL")
        system = f"{platform.system()}, {os.name}"
        python = f"{platform.python_implementation()} {platform.python_version()} ({system})"
        return "\n".join(
            [
                f"Pyro version: {constants.VERSION}",
                f"Loaded from: {os.path.dirname(Configuration.dump.__code__.co_filename)}",
                f"Python version: {python}",
                f"Protocol version: {constants.PROTOCOL_VERSION}",
                "Currently active configuration settings:",
                *(f"{name} = {value}" for name, value in sorted(settings.items())),
            ]
        )


def _converted(name, default, text):
    """A text of the environment as a value of the default's type."""
    if default is None:
        return text
    if not isinstance(default, bool):
        return type(default)(text)
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValueError(f"invalid boolean value: PYRO_{name}={text}")


config = Configuration()


def main():
    print(config.dump())


if __name__ == "__main__":
    main()
