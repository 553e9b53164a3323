def is_lost(task, online):
    return not online[task["worker"]]
