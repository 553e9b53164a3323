import socket
import threading
import time

sock = socket.socket(type=socket.SOCK_DGRAM)
sock.bind(("", 9))
queue = []
served = 0


# A queue of eight places.
def take():
    while True:
        question = sock.recvfrom(100)
        if len(queue) < 8:
            queue.append(question)


def report():
    global served
    while True:
        time.sleep(5)
        print("served", served)
        served = 0


threading.Thread(target=take, daemon=True).start()
threading.Thread(target=report, daemon=True).start()
while True:
    time.sleep(0.05 if queue else 0.01)
    if queue:
        question, sender = queue.pop(0)
        sock.sendto(question, sender)
        served += 1
