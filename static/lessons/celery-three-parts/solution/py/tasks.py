import time

from celery import Celery

app = Celery(
    "tasks",
    broker="redis://broker/0",
    backend="redis://results/0",
)


@app.task
def add(a, b):
    time.sleep(1)  # seconds of work
    return a + b
