import socket
import time

server = socket.create_server(("", 7000))
while True:
    sock, _ = server.accept()
    task = sock.recv(100).decode()
    print("begins", task)
    time.sleep(1)  # seconds of work
    _, first, last = task.split()
    total = sum(range(int(first), int(last) + 1))
    print("done", task)
    sock.sendall(str(total).encode())
    sock.close()
