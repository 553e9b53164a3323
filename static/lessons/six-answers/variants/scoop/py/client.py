from scoop import futures

from text import pieces, total
from work import count

if __name__ == "__main__":
    counted = futures.map(count, pieces)
    print("total", total(counted))
