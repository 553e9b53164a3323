from celery import group

from machines import machines
from tasks import patch

sent = group(patch.s(name) for name in machines)()
print("sent", len(machines))

done = sent.get()
print(len(done), "ok")
