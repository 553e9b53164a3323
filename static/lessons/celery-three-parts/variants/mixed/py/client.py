import json

from celery import Celery

app = Celery(
    "client",
    broker="redis://broker/0",
    backend="redis://results/0",
)

pairs = app.send_task("work.pairs")
print(json.dumps(pairs.get()))
large = app.send_task("work.large")
print(large.get())
