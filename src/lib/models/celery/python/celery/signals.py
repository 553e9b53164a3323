"""What happens in clients and workers, for programs that want to hear of it.

>>> from celery.signals import task_postrun
>>> @task_postrun.connect
... def tell(sender=None, task_id=None, state=None, **others):
...     print(sender.name, task_id, state)
"""


class Signal:
    """Calls its receivers in the order in which they were connected."""

    def __init__(self, name, *providing):
        self.name = name
        self.providing_args = providing
        self.receivers = []
        # Sent by the engine, which asks nobody to hear what nobody listens to.
        self.is_engines = False

    def connect(self, *args, sender=None, dispatch_uid=None, weak=False, **_options):
        """Adds a receiver, which takes keyword arguments: a decorator, with or without options."""

        def add(receiver):
            key = dispatch_uid or id(receiver)
            if all(one[0] != key or one[1] is not sender for one in self.receivers):
                self.receivers.append((key, sender, receiver))
                if self.is_engines:
                    hear(self.name)
            return receiver

        return add(args[0]) if args and callable(args[0]) else add

    def disconnect(self, receiver=None, sender=None, weak=None, dispatch_uid=None):
        """Takes a receiver away; True when it was there."""
        key = dispatch_uid or id(receiver)
        before = len(self.receivers)
        self.receivers[:] = [one for one in self.receivers if one[0] != key]
        return len(self.receivers) < before

    def send(self, sender, **named):
        """Calls those who listen to everybody or to this sender. What one raises stops no other."""
        answers = []
        for _, wanted, receiver in list(self.receivers):
            if wanted is not None and wanted is not sender and wanted != sender:
                continue
            try:
                answers.append((receiver, receiver(signal=self, sender=sender, **named)))
            except Exception as error:
                report(self, receiver, error)
                answers.append((receiver, error))
        return answers

    send_robust = send

    def has_listeners(self, sender=None):
        """Whether anybody listens."""
        return bool(self.receivers)

    def __repr__(self):
        return f"<{type(self).__name__}: {self.name} providing_args={set(self.providing_args)!r}>"


def report(signal, receiver, error):
    """As the worker's log has it."""
    from .utils.log import get_logger

    get_logger("celery.utils.dispatch.signal").error(
        "Signal handler %r raised: %r", receiver, error, exc_info=error
    )


task_prerun = Signal("task_prerun", "task_id", "task", "args", "kwargs")
task_postrun = Signal("task_postrun", "task_id", "task", "args", "kwargs", "retval")
task_success = Signal("task_success", "result")
task_failure = Signal(
    "task_failure", "task_id", "exception", "args", "kwargs", "traceback", "einfo"
)
task_retry = Signal("task_retry", "request", "reason", "einfo")
task_received = Signal("task_received", "request")
task_revoked = Signal("task_revoked", "request", "terminated", "signum", "expired")
task_unknown = Signal("task_unknown", "message", "exc", "name", "id")
before_task_publish = Signal("before_task_publish", "body", "exchange", "routing_key", "headers")
after_task_publish = Signal("after_task_publish", "body", "exchange", "routing_key")
worker_init = Signal("worker_init")
worker_process_init = Signal("worker_process_init")
worker_ready = Signal("worker_ready")
worker_shutting_down = Signal("worker_shutting_down", "sig", "how", "exitcode")
worker_shutdown = Signal("worker_shutdown")

_OF_RUNS = (task_prerun, task_postrun, task_success, task_failure, task_retry)


worker_signals = (
    task_received,
    task_failure,
    task_revoked,
    task_unknown,
    before_task_publish,
    after_task_publish,
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
    worker_shutdown,
)
for _one in worker_signals:
    _one.is_engines = True
del worker_signals, _one


def hear(name):
    """Tells the engine that somebody listens."""
    from ._engine import tell

    tell("hear", name=name)


def is_heard():
    """Whether anybody listens to what happens to a task that runs here."""
    return any(signal.receivers for signal in _OF_RUNS)


def __getattr__(name):
    known = "task_rejected task_internal_error celeryd_init celeryd_after_setup "
    known += "worker_process_shutdown worker_before_create_process setup_logging after_setup_logger "
    known += "after_setup_task_logger beat_init beat_embedded_init heartbeat_sent user_preload_options "
    known += "import_modules eventlet_pool_started eventlet_pool_preshutdown"
    if name in known.split():
        raise NotImplementedError(f"the signal {name} is not part of this build of Celery")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
