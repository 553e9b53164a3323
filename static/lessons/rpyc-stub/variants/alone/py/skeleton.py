import json
import socket

requests = socket.create_server(("", 7001))
while True:
    wire, _ = requests.accept()
    call = json.loads(wire.recv(1000))["call"]
    server = socket.create_connection(("server", 7002))
    server.sendall(" ".join(call).encode())
    words = server.recv(1000).decode().split()
    key = "error" if words[0] == "raise" else "value"
    reply = {key: " ".join(words[1:])}
    wire.sendall(json.dumps(reply).encode())
    wire.close()
