import time

from celery import Celery

app = Celery(
    "tasks",
    broker="redis://redis/0",
    backend="redis://redis/1",
)


@app.task
def report(name):
    time.sleep(2)
    return f"report for {name}"
