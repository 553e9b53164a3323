from tasks import report


def order(user):
    text = report(user)
    return 200, text
