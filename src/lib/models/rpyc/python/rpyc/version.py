"""The version that this package imitates."""

version = (5, 3, 0)
__version__ = version_string = ".".join(map(str, version))
