"""Which of the two implementations is in use: its names are here too."""

version = None
# Set by pycsp.common.trace.
trace = False
# The alternation that tells of itself, while a program is traced.
traced = None


def use(names, public):
    """The implementation that was imported last is the one in use."""
    globals().update({name: names[name] for name in public})
