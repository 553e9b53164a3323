"""Packages of ours that few programs import: kept in the snapshot as compiled code, so that they cost
nothing where they are not used. Found last of all: a learner's file or an installed package of the
same name is what its program gets."""

import importlib.abc
import importlib.machinery
import marshal
import sys

# Where their code says that it lies: a part of the library, which tracebacks leave out.
PLACE = "/lib/python314.zip/"

# Compiled code by the name of its module.
_code = {}
_packages = set()


def keep(files):
    """Compiles modules (text by path) while the snapshot is made."""
    for file, text in files.items():
        name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if file.endswith("/__init__.py"):
            _packages.add(name)
        _code[name] = marshal.dumps(compile(text, PLACE + file, "exec", dont_inherit=True))


def install():
    sys.meta_path.append(Finder())


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name not in _code:
            return None
        # A package that is installed has only its own modules.
        parent = sys.modules.get(name.rpartition(".")[0])
        if parent and not isinstance(parent.__loader__, Loader):
            return None
        is_package = name in _packages
        return importlib.machinery.ModuleSpec(name, Loader(), origin=PLACE, is_package=is_package)


class Loader(importlib.abc.InspectLoader):
    def get_source(self, name):
        return None

    def get_code(self, name):
        return marshal.loads(_code[name])

    def is_package(self, name):
        return name in _packages
