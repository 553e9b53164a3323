import time

from celery import Celery

app = Celery(
    "tasks",
    broker="amqp://rabbit",
    backend="redis://results/0",
)

full = ["m5", "m15"]


@app.task
def patch(machine):
    time.sleep(0.5)  # copies files
    if machine in full:
        raise OSError(f"{machine}: disk full")
    print(f"patched {machine}")
    return machine
