from celery import Celery

app = Celery(
    "old",
    broker="redis://redis/0",
    backend="redis://redis/1",
)


@app.task
def shout(a):
    return a.upper()
