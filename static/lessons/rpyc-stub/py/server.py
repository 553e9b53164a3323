import socket
import time

calls = socket.create_server(("", 7002))
while True:
    caller, _ = calls.accept()
    call = caller.recv(1000).decode()
    _, a, b = call.split()
    time.sleep(1)  # seconds of work
    print("done", call)
    if b == "0":
        result = "raise division by zero"
    else:
        result = f"return {int(a) // int(b)}"
    caller.sendall(result.encode())
    caller.close()
