import socket
import time

known = set()
server = socket.create_server(("", 7000))
while True:
    sock, _ = server.accept()
    request = sock.recv(100).decode()
    key, order = request.split()
    time.sleep(0.5)
    # The same key is the same payment.
    if key not in known:
        known.add(key)
        print("charged", order)
    sock.sendall(b"paid")
    sock.close()
