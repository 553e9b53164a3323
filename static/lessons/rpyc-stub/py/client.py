import socket


def divide(a, b):
    stub = socket.create_connection(("stub", 7000))
    stub.sendall(f"divide {a} {b}".encode())
    return stub.recv(1000).decode() or "no answer"


print("12 / 4 =", divide(12, 4))
print("7 / 0 =", divide(7, 0))
