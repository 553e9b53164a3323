from celery import Celery

from text import count_words

app = Celery(
    "work",
    broker="amqp://guest@broker//",
    backend="rpc://",
)


@app.task(acks_late=True)
def count(piece):
    return count_words(piece)
