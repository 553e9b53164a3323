from celery import Celery

app = Celery(
    "tasks",
    broker="redis://redis/0",
    backend="redis://redis/1",
)


@app.task
def join(a, b):
    return a + b
