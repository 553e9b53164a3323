"""Logging in tasks. In a worker everything that is logged or printed goes into the worker's log."""

import io
import logging

from .. import _state
from .._engine import tell

task_logger = logging.getLogger("celery.task")


def get_logger(name):
    """A logger of the standard library's, by name."""
    return logging.getLogger(name)


def get_task_logger(name):
    """A logger for tasks: its lines begin with the name and the id of the task that runs.

    >>> logger = get_task_logger(__name__)
    >>> logger.info("adding %s and %s", x, y)
    """
    logger = get_logger(name)
    if logger.parent is logger.root:
        logger.parent = task_logger
    return logger


class WorkerHandler(logging.Handler):
    """Writes records into the worker's log, which puts time, level and process in front."""

    def __init__(self, is_of_tasks):
        super().__init__()
        self._is_of_tasks = is_of_tasks

    def emit(self, record):
        text = self.format(record)
        if self._is_of_tasks:
            task = _state.current_task()
            name, number = (task.name, task.request.id) if task else ("???", "???")
            text = f"{name}[{number}]: {text}"
        tell("log", level=record.levelname, text=text)


class LoggingProxy(io.TextIOBase):
    """In the place of stdout and stderr: each write is a line of the log of its own."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, level):
        self._level = level

    def writable(self):
        return True

    def isatty(self):
        return False

    def write(self, data):
        text = str(data).rstrip("\n")
        if text:
            tell("log", level=self._level, text=text)
        return len(data)


def set_up(level):
    """What a worker does to the loggers of its processes."""
    root = logging.getLogger()
    root.setLevel(level)
    root.handlers[:] = [WorkerHandler(False)]
    task_logger.setLevel(level)
    task_logger.handlers[:] = [WorkerHandler(True)]
    task_logger.propagate = False
