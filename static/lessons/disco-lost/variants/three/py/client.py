from disco.core import Job, result_iterator
from disco.ddfs import DDFS
from disco.worker.classic.func import sum_reduce

from days import files


def map(line, params):
    town, rain = line.split()
    yield town, int(rain)


if __name__ == "__main__":
    DDFS().push("rain", files(), replicas=3)
    print("stored")

    job = Job(name="Rain").run(
        input=["tag://rain"],
        map=map,
        reduce=sum_reduce,
    )
    for town, rain in result_iterator(job.wait()):
        print(town, rain)
