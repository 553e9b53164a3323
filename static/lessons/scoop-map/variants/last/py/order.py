from time import sleep, time

NAPS = [1, 2, 3, 6]


def nap(tenths):
    sleep(tenths / 10)
    return tenths


def look(name, map):
    began = time()
    for tenths in map(nap, NAPS):
        after = f"after {time() - began:.1f} s"
        print(f"{name} gives {tenths} {after}")
