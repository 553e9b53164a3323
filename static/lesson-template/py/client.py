import socket


def ask():
    address = ("server", 7000)
    with socket.create_connection(address) as server:
        server.sendall(b"ping")
        reply = server.recv(1024).decode()
        if not reply:
            raise OSError("no reply")
        return reply


print(ask())
