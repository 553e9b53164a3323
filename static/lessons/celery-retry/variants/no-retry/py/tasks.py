import socket
import uuid

from celery import Celery

app = Celery(
    "tasks",
    broker="amqp://guest@broker//",
    backend="rpc://",
)


@app.task(bind=True, max_retries=3)
def pay(self, order):
    key = uuid.uuid4()
    reply = ask_bank(f"{key} {order}")
    if not reply:
        raise TimeoutError("no reply")
    return f"{order} is paid"


# Waits for 2 s at most.
def ask_bank(request):
    sock = socket.create_connection(("bank", 7000))
    sock.sendall(request.encode())
    sock.settimeout(2)
    try:
        return sock.recv(100)
    except TimeoutError:
        return None
    finally:
        sock.close()
