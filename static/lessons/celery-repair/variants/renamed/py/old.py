from celery import Celery

app = Celery(
    "old",
    broker="redis://redis/0",
    backend="redis://redis/1",
)


@app.task
def join(a, b):
    return a + b
