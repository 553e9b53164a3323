"""Functions by value: their code as a tuple."""

from types import CodeType, FunctionType

from rpyc.core import brine
from rpyc.lib import is_netref

_CODE_MARK = "MAg1c J0hNNzo0hn ZqhuBP17LQk8"
# In the order in which `CodeType` takes them.
_FIELDS = (
    "argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename "
    "name qualname firstlineno linetable exceptiontable freevars cellvars"
).split()


def export_function(func):
    """(name, module, defaults, keyword defaults, code)."""
    if func.__closure__:
        raise TypeError("Cannot export a function closure")
    keyword_defaults = func.__kwdefaults__ and tuple(func.__kwdefaults__.items())
    for name, given in (("__defaults__", func.__defaults__), ("__kwdefaults__", keyword_defaults)):
        if not brine.dumpable(given):
            raise TypeError(f"Cannot export a function with non-brinable defaults ({name})")
    code = _exported(func.__code__)
    return func.__name__, func.__module__, func.__defaults__, keyword_defaults, code


def _exported(code):
    fields = {name: getattr(code, f"co_{name}") for name in _FIELDS}
    fields["consts"] = tuple(map(_exported_constant, code.co_consts))
    return tuple(fields.values())


def _exported_constant(constant):
    if isinstance(constant, CodeType):
        return _CODE_MARK, _exported(constant)
    if brine.dumpable(constant):
        return constant
    raise TypeError(f"Cannot export a function with non-brinable constants: {constant!r}")


def import_function(functup, globals=None, def_=True):
    name, module, defaults, keyword_defaults, code = functup
    if globals is None:
        try:
            globals = __import__(module, None, None, "*").__dict__
        except ImportError:
            globals = __import__("__main__").__dict__
    if is_netref(globals):
        from rpyc.utils.classic import obtain

        globals = obtain(globals)
    globals.setdefault("__builtins__", __builtins__)
    function = FunctionType(_imported(code), globals, name, defaults)
    if keyword_defaults is not None:
        function.__kwdefaults__ = dict(keyword_defaults)
    if def_:
        globals[name] = function
    return function


def _imported(fields):
    if len(fields) != len(_FIELDS):
        raise TypeError("the code is of another version of Python")
    given = dict(zip(_FIELDS, fields))
    given["consts"] = tuple(map(_imported_constant, given["consts"]))
    return CodeType(*given.values())


def _imported_constant(constant):
    is_code = isinstance(constant, tuple) and len(constant) == 2 and constant[0] == _CODE_MARK
    return _imported(constant[1]) if is_code else constant
