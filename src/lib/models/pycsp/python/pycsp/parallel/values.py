"""Values on the way to another node: JSON where both languages know the value, pickle for the rest."""

import pickle

from .._engine import End

# Larger numbers are texts: TypeScript's would lose digits.
SAFE = 2**53


def dumps(value):
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if abs(value) < SAFE else {"i": str(value)}
    if kind is float:
        return {"f": repr(value)}
    if kind in (list, tuple, set):
        return {kind.__name__[0]: [dumps(item) for item in value]}
    if kind is dict:
        return {"d": [[dumps(key), dumps(item)] for key, item in value.items()]}
    if kind is bytes:
        return {"b": value.hex()}
    if isinstance(value, End):
        host, port = value.channel.address
        name = value.channel.name.decode()
        return {"e": [name, host.decode(), port, value.direction]}
    return {"p": pickle.dumps(value, 2).hex()}


def loads(value):
    if not isinstance(value, dict):
        return value
    ((kind, given),) = value.items()
    match kind:
        case "i":
            return int(given)
        case "f":
            return float(given)
        case "l":
            return [loads(item) for item in given]
        case "t":
            return tuple(loads(item) for item in given)
        case "s":
            return {loads(item) for item in given}
        case "d":
            return {loads(key): loads(item) for key, item in given}
        case "b":
            return bytes.fromhex(given)
        case "e":
            return end_of(*given)
        case _:
            return pickle.loads(bytes.fromhex(given))


def end_of(name, host, port, direction):
    """The end that has arrived: one that was counted when it was made."""
    from .channel import Channel, ChannelEndRead, ChannelEndWrite

    channel = Channel.at(name.encode(), (host, port))
    kind = ChannelEndRead if direction == ChannelEndRead.direction else ChannelEndWrite
    return kind(channel, is_counted=True)
