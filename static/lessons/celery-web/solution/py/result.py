from tasks import app


def result(id):
    found = app.AsyncResult(id)
    if not found.ready():
        return 202, "not yet"
    return 200, found.get()
