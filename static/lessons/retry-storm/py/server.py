import socket
import threading
import time

served = 0


def report():
    global served
    while True:
        time.sleep(5)
        print("served", served)
        served = 0


threading.Thread(target=report, daemon=True).start()
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.bind(("", 9))
while True:
    question, sender = sock.recvfrom(100)
    time.sleep(0.05)  # 20 a second, no more
    sock.sendto(question, sender)
    served += 1
