import socket
import sys
import threading
import time

name = sys.argv[1]
monitor = ("monitor", 7000)
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.bind(("", 7000))


def beat():
    while True:
        sock.sendto(f"{name} alive".encode(), monitor)
        time.sleep(0.1)


threading.Thread(target=beat, daemon=True).start()
while True:
    parcel = sock.recv(100).decode()
    print("begins", parcel)
    time.sleep(2)  # packs it
    print("sent", parcel)
    sock.sendto(f"{name} done".encode(), monitor)
