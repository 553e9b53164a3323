"""Messages of known length in a stream."""

import struct
import zlib

_HEADER = struct.Struct("!LB")


class Channel:
    __slots__ = ("stream", "compress")
    # Longer messages are compressed.
    COMPRESSION_THRESHOLD = 3000
    COMPRESSION_LEVEL = 1

    def __init__(self, stream, compress=True):
        self.stream = stream
        self.compress = compress

    @property
    def closed(self):
        return self.stream.closed

    def close(self):
        self.stream.close()

    def fileno(self):
        return self.stream.fileno()

    def poll(self, timeout):
        return self.stream.poll(timeout)

    def recv(self):
        length, is_compressed = _HEADER.unpack(self.stream.read(_HEADER.size))
        # A newline stands behind each message.
        data = self.stream.read(length + 1)[:-1]
        return zlib.decompress(data) if is_compressed else data

    def send(self, data):
        is_compressed = self.compress and len(data) > self.COMPRESSION_THRESHOLD
        if is_compressed:
            data = zlib.compress(data, self.COMPRESSION_LEVEL)
        head = _HEADER.pack(len(data), is_compressed)
        chunk = self.stream.MAX_IO_CHUNK
        if len(head) + len(data) + 1 <= chunk:
            self.stream.write(head + data + b"\n")
            return
        room = chunk - len(head)
        self.stream.write(head + data[:room])
        self.stream.write(data[room:])
        self.stream.write(b"\n")
