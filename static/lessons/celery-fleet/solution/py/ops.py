import time

from celery import group

from machines import machines
from tasks import patch

sent = group(patch.s(name) for name in machines)()
print("sent", len(machines))

time.sleep(15)
states = [one.state for one in sent.results]
ok = states.count("SUCCESS")
failed = states.count("FAILURE")
unknown = len(machines) - ok - failed
print(f"{ok} ok, {failed} failed, {unknown} unknown")
