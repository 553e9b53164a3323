from celery import Celery

app = Celery("old", broker="redis://redis/0")


@app.task
def shout(a):
    return a.upper()
