def is_lost(task, online):
    is_open = task["state"] == "STARTED"
    return is_open and not online[task["worker"]]
