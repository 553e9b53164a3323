from celery import Celery

app = Celery(
    "work",
    broker="redis://broker/0",
    backend="redis://results/0",
)


@app.task
def pairs():
    return {1: (2, 3)}


@app.task
def large():
    return 2**53 + 1
