import time

from celery import Celery

app = Celery(
    "tasks",
    broker="redis://redis/0",
    backend="redis://redis/1",
)


@app.task
def report(user):
    time.sleep(2)  # seconds of work
    return f"report for {user}"
