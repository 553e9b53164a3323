import socket

PATIENCE = 30  # seconds


def give(task, worker):
    address = (worker, 7000)
    sock = socket.create_connection(address)
    sock.sendall(task.encode())
    return sock


def reply(sock, worker):
    sock.settimeout(PATIENCE)
    try:
        text = sock.recv(100).decode() or "hung up"
    except TimeoutError:
        text = "no reply"
    sock.close()
    print(f"{worker}: {text}")
    return int(text) if text.isdigit() else None


low = give("sum 1 50", "worker1")
high = give("sum 51 100", "worker2")
first = reply(low, "worker1")
second = reply(high, "worker2")
if second is None:
    print("no total")
else:
    print("total", first + second)
