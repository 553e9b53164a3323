"""Processes in other interpreters, which a program starts in real life and cluster.json starts here."""

from .exceptions import InfoException

WORDS = (
    "{} starts another interpreter, and a node has one: make the process a node of its own in "
    "cluster.json, and give it the channel's address (Channel(name, connect=(host, port)))"
)


def _refused(name):
    def decorator(func=None, **settings):
        raise InfoException(WORDS.format(name))

    decorator.__name__ = name
    return decorator


multiprocess = _refused("multiprocess")
sshprocess = _refused("sshprocess")
clusterprocess = _refused("clusterprocess")


class MultiProcess:
    def __init__(self, fn, *args, **kwargs):
        raise InfoException(WORDS.format(type(self).__name__))


class SSHProcess(MultiProcess):
    pass


class ClusterProcess(MultiProcess):
    pass
