from celery import Celery

app = Celery("tasks", broker="redis://redis/0")


@app.task
def join(a, b):
    return a + b
