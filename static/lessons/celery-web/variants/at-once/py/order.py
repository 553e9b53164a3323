from tasks import report


def order(user):
    sent = report.delay(user)
    return 202, f"/result/{sent.id}"
