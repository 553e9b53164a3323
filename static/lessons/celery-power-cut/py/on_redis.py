from celery import Celery

app = Celery(
    "on_redis",
    broker="redis://redis/0",
)


@app.task
def keep(order):
    print(f"has order {order}")
