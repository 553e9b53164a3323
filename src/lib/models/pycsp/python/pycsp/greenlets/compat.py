"""Names of pycsp.parallel that mean nothing here."""

from .exceptions import InfoException


def _refused(name):
    def refuse(func=None, **settings):
        raise InfoException(f"{name} not available for greenlets. Use pycsp.parallel")

    refuse.__name__ = name
    return refuse


multiprocess = _refused("multiprocess")
sshprocess = _refused("sshprocess")
clusterprocess = _refused("clusterprocess")


class MultiProcess:
    def __init__(self, fn, *args, **kwargs):
        raise InfoException(f"{type(self).__name__} not available for greenlets. Use pycsp.parallel")


class SSHProcess(MultiProcess):
    pass


class ClusterProcess(MultiProcess):
    pass
