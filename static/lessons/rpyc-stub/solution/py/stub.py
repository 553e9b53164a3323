import json
import socket

NOTHING = b'{"value": "no answer"}'
calls = socket.create_server(("", 7000))
while True:
    caller, _ = calls.accept()
    call = caller.recv(1000).decode().split()
    wire = socket.create_connection(("skeleton", 7001))
    wire.sendall(json.dumps({"call": call}).encode())
    reply = json.loads(wire.recv(1000) or NOTHING)
    error = f"error: {reply.get('error')}"
    caller.sendall(reply.get("value", error).encode())
    caller.close()
