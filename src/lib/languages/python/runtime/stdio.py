"""stdin, stdout and stderr of a node, below the library's own text and buffers."""

import codecs
import io

from . import stacks

# A line that holds only this is the end of standard input, as typed at a terminal.
END_OF_INPUT = "\x04"


class RawOutput(io.RawIOBase):
    """Hands what is flushed to the node's log, which holds back an unfinished line."""

    mode = "wb"

    def __init__(self, number, name):
        self._number = number
        self.name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self):
        return True

    def fileno(self):
        return self._number

    def write(self, data):
        text = self._decoder.decode(bytes(data))
        if text:
            stacks.host.write(self._number, text, stacks.place()[0])
        return len(data)


def output(number, name, errors):
    """A text stream as CPython makes it for a terminal: it shows whole lines at once."""
    buffer = io.BufferedWriter(RawOutput(number, name))
    return io.TextIOWrapper(buffer, "utf-8", errors, "\n", line_buffering=True)


class Input(io.TextIOBase):
    """The lines that cluster.json gives the node, then what is typed."""

    encoding = "utf-8"
    errors = "strict"
    name = "<stdin>"
    mode = "r"

    def __init__(self):
        # What `read` left of a line.
        self._rest = ""
        self._is_at_end = False

    def readable(self):
        return True

    def isatty(self):
        return False

    def fileno(self):
        return 0

    @property
    def buffer(self):
        return InputBytes(self)

    def _line(self):
        if self._rest or self._is_at_end:
            return self._rest
        line = stacks.read_line()
        self._is_at_end = line == END_OF_INPUT
        return "" if self._is_at_end else f"{line}\n"

    def readline(self, size=-1):
        line = self._line()
        if size is None or size < 0:
            size = len(line)
        self._rest = line[size:]
        return line[:size]

    def read(self, size=-1):
        text = ""
        while size is None or size < 0 or len(text) < size:
            left = -1 if size is None or size < 0 else size - len(text)
            piece = self.readline(left)
            if not piece:
                break
            text += piece
        return text


class InputBytes(io.RawIOBase):
    """`sys.stdin.buffer`."""

    def __init__(self, text):
        self._text = text

    def readable(self):
        return True

    def fileno(self):
        return 0

    def readline(self, size=-1):
        return self._text.readline(size).encode()

    def read(self, size=-1):
        return self._text.read(size).encode()

    def readinto(self, buffer):
        data = self._text.readline(len(buffer) // 4 or 1).encode()
        buffer[: len(data)] = data
        return len(data)
