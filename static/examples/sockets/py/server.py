import socket
import threading


def serve(connection, address):
    with connection:
        while data := connection.recv(1024):
            connection.sendall(data.upper())
    print("goodbye", address[0])


listener = socket.create_server(("", 7000))
print("listening")
while True:
    connection, address = listener.accept()
    threading.Thread(
        target=serve, args=(connection, address)
    ).start()
