import time

from celery import Celery

app = Celery(
    "tasks",
    broker="amqp://guest@broker//",
    backend="rpc://",
)


@app.task
def add(a, b):
    time.sleep(2)  # seconds of work
    return a + b
