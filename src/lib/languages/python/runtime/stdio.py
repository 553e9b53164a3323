"""stdin, stdout and stderr of a node."""

import io

from . import stacks


class Output(io.TextIOBase):
    """Hands whole lines to the node's log; `flush` shows an unfinished one."""

    encoding = "utf-8"
    errors = "strict"
    newlines = None
    line_buffering = True

    def __init__(self, number, name):
        self._number = number
        self.name = name
        self.mode = "w"
        self._held = ""

    def writable(self):
        return True

    def isatty(self):
        return False

    def fileno(self):
        return self._number

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._held += text
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self):
        text, self._held = self._held, ""
        if text:
            stacks.host.write(self._number, text, stacks.place()[0])


class Input(io.TextIOBase):
    """The lines that cluster.json gives the node, then what is typed: it never ends by itself."""

    encoding = "utf-8"
    errors = "strict"
    name = "<stdin>"
    mode = "r"

    def readable(self):
        return True

    def isatty(self):
        return False

    def fileno(self):
        return 0

    def readline(self, size=-1):
        return f"{stacks.read_line()}\n"

    def read(self, size=-1):
        return self.readline()

    def __next__(self):
        return self.readline()
