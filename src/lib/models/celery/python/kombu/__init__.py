"""Messaging for Python, as far as Celery shows it: the exceptions that clients meet."""
