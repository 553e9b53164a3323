from tasks import app


def result(id):
    return 404, "no such page"
