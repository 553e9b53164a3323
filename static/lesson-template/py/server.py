import socket
import time

listener = socket.create_server(("", 7000))
while True:
    client, address = listener.accept()
    with client:
        text = client.recv(1024).decode()
        print("asked:", text)
        time.sleep(0.1)  # works
        client.sendall(b"pong")
