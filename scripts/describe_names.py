"""Describes what modules offer, for the editor: signatures and the beginning of their docstrings.

Modules of the standard library are imported and inspected. The Python faces of models are read as
text: importing them would need the cluster they talk to.
"""

import ast
import builtins
import importlib
import inspect
import json
import re

# What lessons and their readers use, as far as it works on a node.
MODULES = """
    asyncio base64 collections concurrent.futures contextlib copy dataclasses datetime enum
    functools hashlib heapq itertools json logging math operator os pathlib pickle queue random re
    secrets select selectors signal socket socketserver statistics string struct sys textwrap
    threading time traceback typing uuid zlib
""".split()

# What these give back, where no annotation says it.
RETURNS = {
    "asyncio.create_task": "asyncio.Task",
    "asyncio.get_running_loop": "asyncio.AbstractEventLoop",
    "asyncio.TaskGroup.create_task": "asyncio.Task",
    "celery.app.Celery.send_task": "celery.result.AsyncResult",
    "celery.app.Celery.task": "celery.task.Task",
    "celery.app.shared_task": "celery.task.Task",
    "celery.task.Task.apply_async": "celery.result.AsyncResult",
    "celery.task.Task.delay": "celery.result.AsyncResult",
    "celery.task.Task.request": "celery.task.Context",
    "concurrent.futures.ThreadPoolExecutor.submit": "concurrent.futures.Future",
    "datetime.datetime.now": "datetime.datetime",
    "logging.getLogger": "logging.Logger",
    "random.Random": "random.Random",
    "re.compile": "re.Pattern",
    "re.fullmatch": "re.Match",
    "re.match": "re.Match",
    "re.search": "re.Match",
    "socket.create_connection": "socket.socket",
    "socket.create_server": "socket.socket",
    "threading.Lock": "threading.Lock",
    "threading.RLock": "threading.Lock",
    "threading.current_thread": "threading.Thread",
}

DOC_LENGTH_MAX = 320

# "sleep(seconds)", "wait(timeout=None) -> bool"
SPOKEN = re.compile(r"(?:\w+\.)*\w+(\([^()]*(?:\([^()]*\)[^()]*)*\))(?: -+>.*)?$")


def summary(doc):
    """The first paragraphs of a docstring, up to a length that is read while typing."""
    if not doc:
        return None
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(doc).strip())
    # A signature in words stands before the text: see `spoken_signature`.
    if len(paragraphs) > 1 and SPOKEN.match(paragraphs[0]):
        paragraphs = paragraphs[1:]
    kept = []
    for paragraph in paragraphs:
        if kept and sum(map(len, kept)) + len(paragraph) > DOC_LENGTH_MAX:
            break
        kept.append(paragraph[: 2 * DOC_LENGTH_MAX])
    return "\n\n".join(kept)


def without_self(signature):
    """Callers do not give what a method is called on."""
    return re.sub(r"^\((?:self|cls|\$self|\$module)(?:, /)?(?:, )?", "(", signature)


def signature_of(value, name):
    """As the interpreter knows it; functions in C often say more on the first line of their text."""
    spoken = SPOKEN.match((value.__doc__ or "").split("\n")[0])
    try:
        known = re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(value)))
    except (TypeError, ValueError):
        known = None
    is_vague = known is None or "object" in known or "*args" in known
    return spoken[1] if spoken and is_vague else known


def described(kind, signature=None, doc=None, returns=None, names=None):
    fields = {"kind": kind, "signature": signature, "doc": doc, "returns": returns, "names": names}
    return {key: value for key, value in fields.items() if value}


def describe_member(path, name, value):
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if not callable(value):
        return described("value", doc=summary(value.__doc__) if isinstance(value, property) else None)
    signature = signature_of(value, name)
    return described(
        "function",
        signature and without_self(signature),
        summary(value.__doc__),
        RETURNS.get(path),
    )


def describe_class(path, name, value):
    members = {}
    for base in reversed(value.__mro__):
        if base is object or base.__module__ in ("typing", "abc"):
            continue
        for key, member in vars(base).items():
            if not key.startswith("_"):
                members[key] = describe_member(f"{path}.{key}", key, member)
    if issubclass(value, BaseException):
        members = {}
    doc = summary(value.__doc__)
    # A dataclass or a named tuple without words of its own says its signature there.
    if doc and doc.startswith(f"{value.__name__}("):
        doc = None
    signature = signature_of(value, name)
    return described("class", signature and without_self(signature), doc, names=members)


def describe(path, name, value):
    if isinstance(value, type):
        return describe_class(path, name, value)
    if callable(value):
        return describe_member(path, name, value)
    return described("value")


def public_names(module):
    names = getattr(module, "__all__", None)
    if names is None:
        names = [name for name in vars(module) if not name.startswith("_")]
    for name in sorted(set(names)):
        value = getattr(module, name, None)
        if value is not None and not inspect.ismodule(value):
            yield name, value


def describe_module(path):
    module = importlib.import_module(path)
    # Constants of socket and errno that have no meaning here outnumber all else.
    skipped = re.compile(r"AF_(?!INET$)|(?:SO|IP|IPPROTO|IPV6|NI|AI|EAI|MSG|TCP|CAN|SOL|SCM)_|O_|[A-Z]+_[A-Z0-9_]*|W[A-Z]+$|EX_")
    is_sparse = path in ("os", "signal", "socket")
    kept = r"AF_INET|SOCK_STREAM|SOCK_DGRAM|SOL_SOCKET|SO_REUSEADDR|IPPROTO_TCP|TCP_NODELAY|SHUT_\w+|SIG[A-Z]+[0-9]?"
    names = {
        name: describe(f"{path}.{name}", name, value)
        for name, value in public_names(module)
        if not is_sparse or re.fullmatch(kept, name) or not skipped.match(name)
    }
    return described("module", doc=summary(module.__doc__), names=names)


def describe_builtins():
    names = {}
    for name, value in vars(builtins).items():
        if name.startswith("_") or name in ("copyright", "credits", "license", "help", "exit", "quit"):
            continue
        entry = describe(f"builtins.{name}", name, value)
        names[name] = entry
    return described("module", names=names)


# Faces, from their sources.


def is_absent(node):
    """A name that the original has and the face refuses: `chain = absent("celery.chain")`."""
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and getattr(value.func, "id", None) == "absent"


class Sources:
    """The modules of the faces: dotted name -> tree; a package is the name of its folder."""

    def __init__(self, texts):
        self.packages = {name.removesuffix(".__init__") for name in texts if name.endswith(".__init__")}
        self.trees = {name.removesuffix(".__init__"): ast.parse(text) for name, text in texts.items()}

    def absolute(self, module, node):
        """The module that a `from ... import` in `module` names."""
        if not node.level:
            return node.module
        parts = module.split(".")
        keep = len(parts) - node.level + (module in self.packages)
        return ".".join(parts[:keep] + ([node.module] if node.module else []))

    def find(self, module, name):
        """Where a name of a module is defined: the module, and the statement; or None."""
        for node in self.trees[module].body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
                return module, node
            if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
                return module, node
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    source = self.absolute(module, node)
                    # `from . import errors` names a module, which is defined nowhere.
                    if f"{source}.{alias.name}" in self.trees:
                        continue
                    if (alias.asname or alias.name) == name and source in self.trees:
                        return self.find(source, alias.name)
        return None

    def public(self, module):
        for node in self.trees[module].body:
            if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets):
                try:
                    return ast.literal_eval(node.value)
                except ValueError:
                    break  # Computed while the module runs: what it defines is the nearest to it.
        names = []
        for node in self.trees[module].body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.append(node.name)
            elif isinstance(node, ast.Assign):
                names += [one.id for one in node.targets if isinstance(one, ast.Name)]
            elif isinstance(node, ast.ImportFrom) and module in self.packages:
                names += [alias.asname or alias.name for alias in node.names]
        return [name for name in names if not name.startswith("_")]

    def returns(self, path, module, function):
        """The class that a function's annotation names, if it is one of the faces'."""
        annotation = function.returns
        if annotation is None:
            return RETURNS.get(f"{path}.{function.name}")
        text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
        found = isinstance(text, str) and text.isidentifier() and self.find(module, text)
        return f"{found[0]}.{text}" if found and isinstance(found[1], ast.ClassDef) else None

    def function(self, path, module, node):
        signature = without_self(f"({ast.unparse(node.args)})")
        return described("function", signature, summary(ast.get_docstring(node)), self.returns(path, module, node))

    def members(self, module, node):
        path = f"{module}.{node.name}"
        found = {}
        for base in node.bases:
            above = isinstance(base, ast.Name) and self.find(module, base.id)
            if above and isinstance(above[1], ast.ClassDef):
                found |= self.members(*above)
        for one in node.body:
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if one.name.startswith("_"):
                    continue
                decorators = [ast.unparse(it) for it in one.decorator_list]
                if "property" in decorators or any(it.endswith(".setter") for it in decorators):
                    found.setdefault(one.name, described("value", doc=summary(ast.get_docstring(one)), returns=self.returns(path, module, one)))
                else:
                    found[one.name] = self.function(path, module, one)
            elif isinstance(one, (ast.Assign, ast.AnnAssign)) and not is_absent(one):
                targets = one.targets if isinstance(one, ast.Assign) else [one.target]
                for target in targets:
                    if isinstance(target, ast.Name) and not target.id.startswith("_"):
                        found.setdefault(target.id, described("value"))
        return found

    def describe(self, module, node):
        if isinstance(node, ast.ClassDef):
            inits = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
            signature = without_self(f"({ast.unparse(inits[0].args)})") if inits else "()"
            return described("class", signature, summary(ast.get_docstring(node)), names=self.members(module, node))
        if isinstance(node, ast.Assign):
            return described("value")
        return self.function(module, module, node)

    def module(self, name):
        names = {}
        for one in self.public(name):
            found = self.find(name, one)
            if found and not is_absent(found[1]):
                names[one] = self.describe(*found)
            elif f"{name}.{one}" in self.trees:
                names[one] = self.module(f"{name}.{one}")
        return described("module", doc=summary(ast.get_docstring(self.trees[name])), names=names)


def describe_all(faces):
    """Everything as JSON: module -> what it offers. `faces`: dotted module name -> source."""
    sources = Sources(faces)
    modules = {path: describe_module(path) for path in MODULES}
    modules["builtins"] = describe_builtins()
    for name in sources.trees:
        if not any(part.startswith("_") for part in name.split(".")):
            modules[name] = sources.module(name)
    return json.dumps(modules, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
