"""Messages as bytes. A header of 24 bytes, annotations (four letters, length, bytes), a payload."""

import struct
import zlib

from . import constants, errors
from .configuration import config

MSG_CONNECT = 1
MSG_CONNECTOK = 2
MSG_CONNECTFAIL = 3
MSG_INVOKE = 4
MSG_RESULT = 5
MSG_PING = 6

FLAGS_EXCEPTION = 1
FLAGS_COMPRESSED = 2
FLAGS_ONEWAY = 4
FLAGS_BATCH = 8
FLAGS_META_ON_CONNECT = 16
FLAGS_ITEMSTREAMRESULT = 32
FLAGS_KEEPSERIALIZED = 64

# Tag, version, type, flags, sequence, size of data, serializer, size of annotations, 0, checksum.
_HEADER = struct.Struct("!4sHHHHiHHHH")
_CHUNK = struct.Struct("!4sH")
_MAGIC = 0x34E9


class Message:
    """One message, to be sent or as it arrived."""

    header_size = _HEADER.size

    def __init__(self, msgType, databytes, serializer_id, flags, seq, annotations=None):
        self.type = msgType
        self.data = databytes
        self.serializer_id = serializer_id
        self.flags = flags
        self.seq = seq
        self.annotations = dict(annotations or {})
        self.data_size = len(databytes)
        self.annotations_size = sum(_CHUNK.size + len(it) for it in self.annotations.values())
        _check_size(self.data_size + self.annotations_size)

    def __repr__(self):
        return (
            f"<{self.__module__}.Message at {id(self):x}; type={self.type} flags={self.flags} "
            f"seq={self.seq} datasize={self.data_size} #ann={len(self.annotations)}>"
        )

    def to_bytes(self):
        fields = (self.type, self.flags, self.seq, self.data_size, self.serializer_id)
        head = _HEADER.pack(
            b"PYRO",
            constants.PROTOCOL_VERSION,
            *fields,
            self.annotations_size,
            0,
            _checksum(*fields, self.annotations_size),
        )
        return b"".join([head, *self._chunks(), self.data])

    def _chunks(self):
        for key, value in self.annotations.items():
            if len(key) != 4:
                raise errors.ProtocolError("annotation key must be of length 4")
            yield _CHUNK.pack(key.encode("ASCII"), len(value)) + value

    @classmethod
    def from_header(cls, headerData):
        """A message whose annotations and data have not been read yet."""
        if len(headerData or b"") != _HEADER.size:
            raise errors.ProtocolError("header data size mismatch")
        tag, version, *fields, annotations_size, _, checksum = _HEADER.unpack(headerData)
        if tag != b"PYRO" or version != constants.PROTOCOL_VERSION:
            raise errors.ProtocolError("invalid data or unsupported protocol version")
        if checksum != _checksum(*fields, annotations_size):
            raise errors.ProtocolError("header checksum mismatch")
        type_, flags, seq, data_size, serializer_id = fields
        message = cls(type_, b"", serializer_id, flags, seq)
        message.data_size = data_size
        message.annotations_size = annotations_size
        return message

    @classmethod
    def recv(cls, connection, requiredMsgTypes=None):
        """Waits for the next message of a connection, which has to be of one of these types."""
        message = cls.from_header(connection.recv(cls.header_size))
        try:
            _check_size(message.data_size + message.annotations_size)
        except errors.MessageTooLargeError as error:
            # Where the next message begins is not known any more.
            connection.close()
            error.pyroMsg = message
            raise
        if requiredMsgTypes and message.type not in requiredMsgTypes:
            raise _refused(errors.ProtocolError(f"invalid msg type {message.type} received"), message)
        if message.annotations_size:
            message.annotations = _parsed(connection.recv(message.annotations_size))
        message.data = connection.recv(message.data_size)
        if "HMAC" in message.annotations:
            raise _refused(errors.SecurityError("hmac key config not symmetric"), message)
        return message

    @staticmethod
    def ping(pyroConnection):
        """Asks whether somebody answers at all."""
        pyroConnection.send(Message(MSG_PING, b"ping", 42, 0, 0).to_bytes())
        Message.recv(pyroConnection, [MSG_PING])

    def decompress_if_needed(self):
        if self.flags & FLAGS_COMPRESSED:
            self.data = zlib.decompress(self.data)
            self.data_size = len(self.data)
            self.flags &= ~FLAGS_COMPRESSED
        return self


def _checksum(*fields):
    return (sum(fields) + constants.PROTOCOL_VERSION + _MAGIC) & 0xFFFF


def _check_size(size):
    if 0 < config.MAX_MESSAGE_SIZE < size:
        limit = config.MAX_MESSAGE_SIZE
        raise errors.MessageTooLargeError(f"max message size exceeded ({size} where max={limit})")


def _refused(error, message):
    error.pyroMsg = message
    return error


def _parsed(data):
    annotations = {}
    at = 0
    while at < len(data):
        key, length = _CHUNK.unpack_from(data, at)
        at += _CHUNK.size
        annotations[key.decode("ASCII")] = data[at : at + length]
        at += length
    return annotations
