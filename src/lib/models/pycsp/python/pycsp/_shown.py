"""What the trace tells of channels and processes: `state` events, each only when something has changed."""

import json

from _lightcone import stacks

from ._home import READ, WRITE

PREVIEW_MAX = 80
# Values of a buffer, and processes of a queue, that are shown.
LIST_MAX = 20
ITEMS_MAX = 10
PLAIN = (int, float, complex, bool, str, bytes, type(None))


def state(name, value):
    stacks.host.state(name, json.dumps(value), stacks.place()[0])


def preview(value):
    """As `repr` has it, without running any code of the program's."""
    text = _text(value, 3)
    return text if len(text) <= PREVIEW_MAX else text[: PREVIEW_MAX - 1] + "…"


def _text(value, depth):
    kind = type(value)
    if kind in (str, bytes):
        return repr(value[:PREVIEW_MAX])
    if kind in PLAIN:
        return repr(value)
    if depth and kind in (list, tuple, set, frozenset, dict):
        return _items(value, kind, depth - 1)
    described = getattr(kind, "_shown_as", None)
    return described(value) if described else f"<{kind.__name__}>"


def _items(value, kind, depth):
    shown = []
    for item in list(value)[:ITEMS_MAX]:
        text = _text(item, depth)
        shown.append(f"{text}: {_text(value[item], depth)}" if kind is dict else text)
    if len(value) > ITEMS_MAX:
        shown.append("…")
    inner = ", ".join(shown)
    if kind is list:
        return f"[{inner}]"
    if kind is tuple:
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return f"{{{inner}}}"


class ShownChannel:
    """Tells of one channel that lives here."""

    def __init__(self, home, name):
        self._home = home
        self._name = name
        self._met = None
        self._count = 0
        self._last = None
        home.onchange = self.tell
        home.onmeet = self._meet

    def _meet(self, writer, reader, value):
        self._count += 1
        self._met = {
            "count": self._count,
            "value": preview(value),
            "from": _name_of(writer),
            "to": _name_of(reader),
        }
        if writer and reader:
            is_writer_first = writer.operation.number < reader.operation.number
            self._met["waited"] = _name_of(writer if is_writer_first else reader)
        self.tell()

    def tell(self):
        home = self._home
        writing = list(home.waiting[WRITE])[:LIST_MAX]
        value = {
            "state": {"poison": "poisoned", "retire": "retired"}.get(home.ending, "open"),
            "writers": home.counts[WRITE],
            "readers": home.counts[READ],
            "writing": [{"process": _name_of(it), "value": preview(it.value)} for it in writing],
            "reading": [_name_of(it) for it in list(home.waiting[READ])[:LIST_MAX]],
        }
        if home.capacity:
            value["capacity"] = home.capacity
            value["buffer"] = [preview(it) for it in list(home.buffer)[:LIST_MAX]]
        if self._met:
            value["met"] = self._met
        if value == self._last:
            return
        self._last = value
        state(f"pycsp channels/{self._name}", value)


def _name_of(request):
    return request and request.operation.process.shown
