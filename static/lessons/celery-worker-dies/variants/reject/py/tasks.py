import time

from celery import Celery

app = Celery("tasks")
app.config_from_object("celeryconfig")


@app.task(reject_on_worker_lost=True)
def charge(order):
    time.sleep(2)  # asks the bank
    print(f"charged {order}")
    return f"{order} is paid"
