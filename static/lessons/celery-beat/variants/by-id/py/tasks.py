from celery import Celery

app = Celery("tasks", broker="redis://redis/0")
paid = set()


@app.task(bind=True)
def pay(self, name):
    if self.request.id in paid:
        return
    paid.add(self.request.id)
    print(f"pays {name}")


# A week has ten seconds here.
app.conf.beat_schedule = {
    "wages": {
        "task": "tasks.pay",
        "schedule": 10,
        "args": ["Ada"],
    },
}
