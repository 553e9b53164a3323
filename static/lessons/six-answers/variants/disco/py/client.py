from disco.core import Job, result_iterator

from text import pieces
from work import map, reduce

if __name__ == "__main__":
    input = [f"raw://{piece}" for piece in pieces]
    job = Job().run(input=input, map=map, reduce=reduce)
    for _, text in result_iterator(job.wait()):
        print("total", text)
