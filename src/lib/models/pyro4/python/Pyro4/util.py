"""Serializers, tracebacks of both sides, and what of an object can be called."""

import sys

from ._exposing import (
    get_exposed_members,
    get_exposed_property_value,
    getAttribute,
    is_private_attribute,
    reset_exposed_members,
    set_exposed_property_value,
)
from ._serializers import (
    JsonSerializer,
    MarshalSerializer,
    PickleSerializer,
    SerializerBase,
    SerpentSerializer,
    _serializers,
    _serializers_by_id,
    all_exceptions,
    get_serializer,
    get_serializer_by_id,
)
from ._tracebacks import formatTraceback, getPyroTraceback


def excepthook(ex_type, ex_value, ex_tb):
    """For `sys.excepthook`: shows what happened on the other side too."""
    sys.stderr.write("".join(getPyroTraceback(ex_type, ex_value, ex_tb)))
