"""The exceptions of Celery and of the parts it is made of."""

from billiard.exceptions import (
    SoftTimeLimitExceeded,
    Terminated,
    TimeLimitExceeded,
    WorkerLostError,
)
from kombu.exceptions import DecodeError, EncodeError, OperationalError

__all__ = (
    "AlreadyRegistered",
    "BackendError",
    "BackendGetMetaError",
    "BackendStoreError",
    "CeleryError",
    "CeleryWarning",
    "ChordError",
    "DecodeError",
    "EncodeError",
    "FixupWarning",
    "Ignore",
    "ImproperlyConfigured",
    "IncompleteStream",
    "InvalidTaskError",
    "MaxRetriesExceededError",
    "NotRegistered",
    "OperationalError",
    "QueueNotFound",
    "Reject",
    "Retry",
    "SecurityError",
    "SoftTimeLimitExceeded",
    "TaskError",
    "TaskPredicate",
    "TaskRevokedError",
    "Terminated",
    "TimeLimitExceeded",
    "TimeoutError",
    "WorkerLostError",
    "WorkerShutdown",
    "WorkerTerminate",
)


class CeleryWarning(UserWarning):
    """Base of Celery's warnings."""


class FixupWarning(CeleryWarning):
    """Something that Celery adapts itself to is not there."""


class CeleryError(Exception):
    """Base of most of Celery's own exceptions."""


class TaskPredicate(CeleryError):
    """Not an error: raised in a task to say what is to become of it."""


class Retry(TaskPredicate):
    """The task is to be tried again later."""

    def __init__(self, message=None, exc=None, when=None, is_eager=False, sig=None, **options):
        self.message = message
        self.exc = exc
        self.when = when
        self.is_eager = is_eager
        self.sig = sig
        super().__init__(message, exc, when)

    def humanize(self):
        """When, in words: `in 3s`."""
        if isinstance(self.when, (int, float)):
            return f"in {self.when}s"
        return f"at {self.when}"

    def __str__(self):
        if self.message:
            return self.message
        if self.exc is not None:
            return f"Retry {self.humanize()}: {self.exc!r}"
        return f"Retry {self.humanize()}"


class Ignore(TaskPredicate):
    """The worker is to forget the task: no state is stored."""


class Reject(TaskPredicate):
    """The broker is to take the message back, or drop it."""

    def __init__(self, reason=None, requeue=False):
        self.reason = reason
        self.requeue = requeue
        super().__init__(reason, requeue)

    def __repr__(self):
        return f"reject requeue={self.requeue}: {self.reason}"


class TaskError(CeleryError):
    """Base of what can be wrong with a task."""


class QueueNotFound(KeyError, TaskError):
    """A task was routed to a queue that is not configured."""


class IncompleteStream(TaskError):
    """The end of a stream of results was lost."""


class NotRegistered(KeyError, TaskError):
    """No worker knows a task of that name."""

    def __repr__(self):
        return f"Task of kind {self} never registered, please make sure it's imported."


class AlreadyRegistered(TaskError):
    """A task of that name exists."""


class TimeoutError(TaskError):
    """The result did not come in time. The task is unaffected."""


class MaxRetriesExceededError(TaskError):
    """The task was tried again as often as it may be."""

    def __init__(self, *args, **kwargs):
        self.task_args = kwargs.pop("task_args", [])
        self.task_kwargs = kwargs.pop("task_kwargs", {})
        super().__init__(*args, **kwargs)


class TaskRevokedError(TaskError):
    """The task was revoked: nobody will run it."""


class InvalidTaskError(TaskError):
    """A message holds no task that could be run."""


class ChordError(TaskError):
    """A task of a chord's header failed."""


class ImproperlyConfigured(ImportError):
    """A setting, an option or a URL makes no sense."""


class SecurityError(CeleryError):
    """A message is not signed as it should be."""


class BackendError(Exception):
    """The result backend failed."""


class BackendGetMetaError(BackendError):
    """A result could not be read."""


class BackendStoreError(BackendError):
    """A result could not be kept."""


class WorkerTerminate(SystemExit):
    """The worker is to end at once."""


class WorkerShutdown(SystemExit):
    """The worker is to end when its tasks have."""
