import re
import time

from pycsp.common.trace import process

BEGIN = re.compile(r"BlockOn(Read|Write)")
DONE = re.compile(r"Done(Read|Write)")
WHERE = re.compile(r"chan_name': b'(\w+)'")
WHO = re.compile(r"[.](\w+)'}")


@process
def doctor():
    """Prints what was begun and is not done."""
    time.sleep(0.4)
    begun = {}
    for line in open("trace.log"):
        where = WHERE.search(line)
        who = WHO.search(line)
        if not where or not who:
            continue
        deed = f"{who[1]} at {where[1]}"
        if what := BEGIN.search(line):
            begun[deed] = what[1]
        if DONE.search(line):
            del begun[deed]
    for deed, what in begun.items():
        print("open:", deed, what)
