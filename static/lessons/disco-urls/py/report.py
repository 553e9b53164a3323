import re

from disco.core import result_iterator


def report(job, urls):
    """What came out, and what each task had to do."""
    for url, count in result_iterator(urls):
        print(url, count)
    told = "\n".join(job.events())
    done = r"\[(\w+):\d+\] Done: (\d+) entries"
    for task, entries in re.findall(done, told):
        print(task, "had", entries)
