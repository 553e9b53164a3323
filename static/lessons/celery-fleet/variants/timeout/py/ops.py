from celery import group

from machines import machines
from tasks import patch

sent = group(patch.s(name) for name in machines)()
print("sent", len(machines))

failed = 0
for one in sent.get(timeout=15, propagate=False):
    if isinstance(one, Exception):
        failed += 1
print(f"{20 - failed} ok, {failed} failed")
