"""Where C data lies, and how its simple values are read from bytes and written to them.

A pointer is a number that leads nowhere: what it points to is remembered beside it. So none can be made
from a number, and data never reaches beyond the bytes that it was given.
"""

import itertools
import math
import operator
import struct
import sys

POINTER_BYTES = struct.calcsize("P")
WIDE_BYTES = 4
_numbers = itertools.count(0x1000_0000, 16)


class Place:
    """Some bytes of a piece of memory, which others may share."""

    __slots__ = ("memory", "targets", "at", "size")

    def __init__(self, memory, targets, at, size):
        self.memory = memory
        # Where in `memory` a pointer lies -> its number, and what it points to.
        self.targets = targets
        self.at = at
        self.size = size

    @classmethod
    def over(cls, memory, size, at=0):
        return cls(memoryview(memory).cast("B"), {}, at, size)

    def part(self, offset, size):
        return Place(self.memory, self.targets, self.at + offset, size)

    def view(self):
        return self.memory[self.at : self.at + self.size]

    def read(self, offset, size):
        return bytes(self.memory[self.at + offset : self.at + offset + size])

    def write(self, offset, data):
        self.memory[self.at + offset : self.at + offset + len(data)] = data

    def copy_from(self, other, offset):
        """As memcpy does; pointers still lead to the same."""
        self.write(offset, other.read(0, other.size))
        move = self.at + offset - other.at
        for at, kept in list(other.targets.items()):
            if other.at <= at < other.at + other.size:
                self.targets[at + move] = kept

    def number(self, offset):
        return int.from_bytes(self.read(offset, POINTER_BYTES), sys.byteorder)

    def point(self, offset, target):
        """To anything but None."""
        number = next(_numbers) % (1 << 8 * POINTER_BYTES) or 16
        self.write(offset, number.to_bytes(POINTER_BYTES, sys.byteorder))
        self.targets[self.at + offset] = number, target

    def target(self, offset):
        """None of a NULL pointer."""
        number = self.number(offset)
        if number == 0:
            return None
        kept, target = self.targets.get(self.at + offset, (None, None))
        if kept != number:
            raise ValueError(
                f"{number:#x} is no address on a simulated node: pointers lead only to what "
                "the program itself made them point to"
            )
        return target


class Number:
    """Whole numbers are cut to their size, as C does."""

    is_pointer = False

    def __init__(self, code, order="<"):
        self.code = code
        self.format = order + code
        self.size = struct.calcsize(code)
        self.align = struct.calcsize(f"c{code}") - self.size

    def swapped(self):
        return type(self)(self.code, ">") if self.size > 1 else None


class Whole(Number):
    def __init__(self, code, order="<"):
        super().__init__(code, order)
        self.order = "little" if order == "<" else "big"
        self.is_signed = code.islower()

    def get(self, place, offset):
        return int.from_bytes(place.read(offset, self.size), self.order, signed=self.is_signed)

    def put(self, place, offset, value):
        value = operator.index(value)
        place.write(offset, (value % (1 << 8 * self.size)).to_bytes(self.size, self.order))

    def get_bits(self, place, offset, bit_offset, bit_size):
        value = self.get(place, offset) >> bit_offset & (1 << bit_size) - 1
        is_negative = self.is_signed and value >> bit_size - 1
        return value - (1 << bit_size) if is_negative else value

    def put_bits(self, place, offset, bit_offset, bit_size, value):
        value = operator.index(value)
        mask = (1 << bit_size) - 1
        others = self.get(place, offset) & ~(mask << bit_offset)
        self.put(place, offset, others | (value & mask) << bit_offset)


class Truth(Whole):
    def get(self, place, offset):
        return super().get(place, offset) != 0

    def put(self, place, offset, value):
        super().put(place, offset, bool(value))

    def get_bits(self, *where):
        return bool(super().get_bits(*where))

    def put_bits(self, place, offset, bit_offset, bit_size, value):
        mask = (1 << bit_size) - 1 << bit_offset
        others = Whole.get(self, place, offset) & ~mask
        Whole.put(self, place, offset, others | bool(value) << bit_offset)


class Real(Number):
    def get(self, place, offset):
        return struct.unpack(self.format, place.read(offset, self.size))[0]

    def put(self, place, offset, value):
        # Its own words for what is no number.
        value = math.copysign(value, value)
        try:
            data = struct.pack(self.format, value)
        except OverflowError:
            data = struct.pack(self.format, math.copysign(math.inf, value))
        place.write(offset, data)


class Character:
    is_pointer = False
    code, format, size, align = "c", "<c", 1, 1

    def swapped(self):
        return None

    def get(self, place, offset):
        return place.read(offset, 1)

    def put(self, place, offset, value):
        if isinstance(value, int) and 0 <= value < 256:
            value = bytes([value])
        if not isinstance(value, bytes | bytearray) or len(value) != 1:
            raise TypeError(
                "one character bytes, bytearray, or an integer in range(256) expected, "
                f"not {type(value).__name__}"
            )
        place.write(offset, value)


class WideCharacter:
    is_pointer = False
    code, format, size, align = "u", "<w", WIDE_BYTES, WIDE_BYTES

    def swapped(self):
        return None

    def get(self, place, offset):
        return place.read(offset, WIDE_BYTES).decode("utf-32-le", "surrogatepass")

    def put(self, place, offset, value):
        if not isinstance(value, str):
            raise TypeError(f"unicode string expected instead of {type(value).__name__} instance")
        if len(value) != 1:
            raise TypeError("one character unicode string expected")
        place.write(offset, value.encode("utf-32-le", "surrogatepass"))


class Address:
    """`c_void_p`: a number, as good as any other."""

    is_pointer = True
    code, size, align = "P", POINTER_BYTES, POINTER_BYTES

    @property
    def format(self):
        return f"<{self.code}"

    def swapped(self):
        return None

    def get(self, place, offset):
        return place.number(offset) or None

    def put(self, place, offset, value):
        if value is not None and not isinstance(value, int):
            raise TypeError("cannot be converted to pointer")
        number = (value or 0) % (1 << 8 * POINTER_BYTES)
        place.write(offset, number.to_bytes(POINTER_BYTES, sys.byteorder))


class Text(Address):
    """`c_char_p` and `c_wchar_p`."""

    def __init__(self, code, end, words):
        self.code = code
        self.end = end
        self.words = words

    def get(self, place, offset):
        text = place.target(offset)
        return text and text.split(self.end, 1)[0]

    def put(self, place, offset, value):
        if isinstance(value, type(self.end)):
            place.point(offset, value)
        elif value is None or isinstance(value, int):
            super().put(place, offset, value)
        else:
            raise TypeError(
                f"{self.words} or integer address expected instead of "
                f"{type(value).__name__} instance"
            )


class Held(Address):
    """`py_object`: holds it without its address."""

    code = "O"

    def get(self, place, offset):
        held = place.target(offset)
        if held is None:
            raise ValueError("PyObject is NULL")
        return held[0]

    def put(self, place, offset, value):
        place.point(offset, (value,))


KINDS = {code: Whole(code) for code in "bBhHiIlLqQ"}
KINDS |= {code: Real(code) for code in "fd"}
KINDS |= {
    "?": Truth("?"),
    # Of Windows, in wintypes.
    "v": Truth("h"),
    "c": Character(),
    "u": WideCharacter(),
    "P": Address(),
    "z": Text("z", b"\0", "bytes"),
    "Z": Text("Z", "\0", "unicode string"),
    "O": Held(),
    # No wider than a double, as with some other compilers: struct has no code for it.
    "g": Real("d"),
}
