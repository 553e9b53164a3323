import socket
from threading import Thread

# A list of 1000 prices, 100 bytes each.
prices = [str(row * 37 % 100) for row in range(1000)]
rows = [price.ljust(99, ".") for price in prices]


def serve(conn):
    with conn, conn.makefile("rw") as file:
        for question in file:
            wanted = range(1000)
            if question.strip() != "all":
                wanted = map(int, question.split())
            answer = [rows[row] for row in wanted]
            file.write("\n".join(answer) + "\n\n")
            file.flush()


server = socket.create_server(("", 7))
while True:
    conn, _ = server.accept()
    Thread(target=serve, args=[conn]).start()
