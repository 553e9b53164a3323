"""The numbers of the protocol."""

MSG_REQUEST, MSG_REPLY, MSG_EXCEPTION = 1, 2, 3

# How a value travels. A reference is called after the side that receives it: LOCAL is an object of the
# receiver's, REMOTE one of the sender's.
LABEL_VALUE, LABEL_TUPLE, LABEL_LOCAL_REF, LABEL_REMOTE_REF = 1, 2, 3, 4

HANDLERS = (
    "PING CLOSE GETROOT GETATTR DELATTR SETATTR CALL CALLATTR REPR STR CMP HASH DIR PICKLE DEL "
    "INSPECT BUFFITER OLDSLICING CTXEXIT INSTANCECHECK"
).split()
globals().update({f"HANDLE_{name}": number for number, name in enumerate(HANDLERS, 1)})

EXC_STOP_ITERATION = 1
STREAM_CHUNK = 64000
