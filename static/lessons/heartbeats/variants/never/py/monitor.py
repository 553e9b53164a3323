import socket
import time

PATIENCE = 1000  # seconds of silence
parcels = {"worker1": "A", "worker2": "B"}
heard = {}
suspects = set()
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.bind(("", 7000))
sock.settimeout(0.1)


def give(worker, parcel):
    sock.sendto(parcel.encode(), (worker, 7000))


def listen():
    name, what = sock.recv(100).decode().split()
    heard[name] = time.monotonic()
    if what == "done":
        parcels.pop(name, None)
    if name in suspects:
        suspects.remove(name)
        print(name, "is back")


for worker, parcel in parcels.items():
    give(worker, parcel)
    heard[worker] = time.monotonic()

while True:
    try:
        listen()
    except TimeoutError:
        pass  # a look at the clock
    for worker, parcel in list(parcels.items()):
        silence = time.monotonic() - heard[worker]
        if silence < PATIENCE:
            continue
        print("suspects", worker)
        suspects.add(worker)
        del parcels[worker]
        give("worker3", parcel)
