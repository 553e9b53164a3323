from tasks import app


def result(id):
    found = app.AsyncResult(id)
    return 200, found.get() if found.ready() else ""
