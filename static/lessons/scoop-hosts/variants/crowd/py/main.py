import scoop
from time import sleep, time
from scoop import futures

PIECES = 600
SECONDS = 0.01


def work(seconds):
    sleep(seconds)
    return scoop.worker


if __name__ == "__main__":
    began = time()
    naps = [SECONDS] * PIECES
    places = list(futures.map(work, naps))
    took = time() - began
    print("workers", len(set(places)), "of", scoop.SIZE)
    print(f"after {took:.1f} s")
