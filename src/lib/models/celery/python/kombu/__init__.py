"""Messaging for Python, as far as Celery shows it: queues, exchanges, and the exceptions that clients
meet."""

from .connection import Connection
from .entity import Exchange, Queue

__all__ = ["Connection", "Exchange", "Queue"]
