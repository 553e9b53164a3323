"""What can happen to a task besides what its own code does."""


class TimeLimitExceeded(Exception):
    """The hard time limit was exceeded, and the pool process killed."""

    def __str__(self):
        return f"TimeLimitExceeded{self.args}"


class SoftTimeLimitExceeded(Exception):
    """The soft time limit was exceeded: raised inside the task, which may clean up."""

    def __str__(self):
        return f"SoftTimeLimitExceeded{self.args}"


class WorkerLostError(Exception):
    """The pool process that ran the task died."""


class Terminated(Exception):
    """The task was ended by `revoke(terminate=True)`."""
