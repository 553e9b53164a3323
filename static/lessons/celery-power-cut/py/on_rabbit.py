from celery import Celery

app = Celery(
    "on_rabbit",
    broker="amqp://guest@rabbit//",
)


@app.task
def keep(order):
    print(f"has order {order}")
