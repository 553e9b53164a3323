import time

from celery import Celery

app = Celery("tasks", broker="redis://redis/0")


@app.task
def pay(name):
    week = time.time() // 10
    paid = set()
    if week in paid:
        return
    paid.add(week)
    print(f"pays {name}")


# A week has ten seconds here.
app.conf.beat_schedule = {
    "wages": {
        "task": "tasks.pay",
        "schedule": 10,
        "args": ["Ada"],
    },
}
