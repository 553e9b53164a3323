import socket

print(socket.gethostname(), "is here")
