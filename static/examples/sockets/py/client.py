import socket
import sys
import time

name = sys.argv[1]
address = ("server", 7000)
with socket.create_connection(address) as server:
    for word in ("hello", "again", "bye"):
        line = f"{name}: {word}"
        server.sendall(line.encode())
        print(server.recv(1024).decode())
        time.sleep(0.1)
