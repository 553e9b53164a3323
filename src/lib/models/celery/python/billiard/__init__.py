"""Celery's pool of processes, as far as programs see it: the exceptions."""
