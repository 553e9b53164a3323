def is_lost(task, online):
    return task["state"] == "STARTED"
