from celery import Celery

app = Celery(
    "on_rabbit",
    broker="amqp://guest@rabbit//",
)
app.conf.broker_transport_options = {
    "confirm_publish": True,
}


@app.task
def keep(order):
    print(f"has order {order}")
