"""Values that cannot change, as bytes: what crosses by value."""

import struct

_SHORTEST_INT, _LONGEST_INT, _ZERO = -0x30, 0x9F, 0x50
_CONSTANTS = {None: 0x00, True: 0x03, False: 0x04, NotImplemented: 0x05, Ellipsis: 0x06}
_OF_TAG = {tag: value for value, tag in _CONSTANTS.items()}
_SIMPLE = frozenset((type(None), bool, type(NotImplemented), type(Ellipsis), int, float, complex, str, bytes))
# Tag of: nothing, then with a length of one byte, with one of four; the first of those for 1 to 4.
_BYTES, _TUPLE = (0x01, 0x0E, 0x0F, 0x0A), (0x02, 0x14, 0x15, 0x10)
_UNICODE, _INT1, _INT4, _FLOAT, _SLICE, _FROZENSET, _COMPLEX = 0x08, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B


def dumpable(value):
    """Whether a value crosses by value."""
    kind = type(value)
    if kind in _SIMPLE:
        return True
    if kind is tuple or kind is frozenset:
        return all(map(dumpable, value))
    return kind is slice and dumpable((value.start, value.stop, value.step))


def dump(value):
    out = bytearray()
    _put(value, out)
    return bytes(out)


def load(data):
    return _Reader(data).read()


def _put(value, out):
    kind = type(value)
    if kind is int:
        if _SHORTEST_INT <= value <= _LONGEST_INT:
            out.append(value + _ZERO)
        else:
            digits = str(value).encode()
            out += struct.pack("!BB", _INT1, len(digits)) if len(digits) < 256 else struct.pack("!BL", _INT4, len(digits))
            out += digits
    elif kind is str:
        out.append(_UNICODE)
        _put(value.encode("utf8"), out)
    elif kind is bytes:
        _head(len(value), _BYTES, out)
        out += value
    elif kind is tuple:
        _head(len(value), _TUPLE, out)
        for item in value:
            _put(item, out)
    elif kind is float:
        out += struct.pack("!Bd", _FLOAT, value)
    elif kind is complex:
        out += struct.pack("!Bdd", _COMPLEX, value.real, value.imag)
    elif kind is frozenset:
        out.append(_FROZENSET)
        _put(tuple(value), out)
    elif kind is slice:
        out.append(_SLICE)
        _put((value.start, value.stop, value.step), out)
    elif kind in _SIMPLE:
        out.append(_CONSTANTS[value])
    else:
        raise TypeError(f"cannot dump {kind!r}")


def _head(length, tags, out):
    empty, short, long, first = tags
    if length == 0:
        out.append(empty)
    elif length <= 4:
        out.append(first + length - 1)
    elif length < 256:
        out += bytes((short, length))
    else:
        out += struct.pack("!BL", long, length)


class _Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def read(self):
        (tag,) = self.take(1)
        if tag >= _ZERO + _SHORTEST_INT and tag <= _ZERO + _LONGEST_INT:
            return tag - _ZERO
        if tag in _OF_TAG:
            return _OF_TAG[tag]
        for tags, read in ((_BYTES, self.take), (_TUPLE, self.items)):
            empty, short, long, first = tags
            if tag == empty:
                return read(0)
            if first <= tag < first + 4:
                return read(tag - first + 1)
            if tag in (short, long):
                return read(self.length(tag == long))
        if tag == _UNICODE:
            return self.read().decode("utf8")
        if tag in (_INT1, _INT4):
            return int(self.take(self.length(tag == _INT4)))
        if tag == _FLOAT:
            return struct.unpack("!d", self.take(8))[0]
        if tag == _COMPLEX:
            return complex(*struct.unpack("!dd", self.take(16)))
        if tag == _SLICE:
            return slice(*self.read())
        if tag == _FROZENSET:
            return frozenset(self.read())
        raise ValueError(f"unknown tag: {tag:#04x}")

    def take(self, count):
        end = self.at + count
        if end > len(self.data):
            raise ValueError("cut off")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def items(self, count):
        return tuple([self.read() for _ in range(count)])

    def length(self, is_long):
        return int.from_bytes(self.take(4 if is_long else 1), "big")
