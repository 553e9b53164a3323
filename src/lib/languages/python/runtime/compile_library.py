"""/sources.zip to /compiled.zip: modules as unchecked .pyc, everything else as it is."""

import importlib._bootstrap_external as bootstrap
import importlib.util
import zipfile

# A zip knows no earlier time; any will do, but always the same.
WHEN = (2026, 1, 1, 0, 0, 0)


def compiled(name, source):
    code = compile(source, f"/lib/python314.zip/{name}", "exec", dont_inherit=True, optimize=0)
    return bytes(bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def main():
    sources = zipfile.ZipFile("/sources.zip")
    with zipfile.ZipFile("/compiled.zip", "w") as target:
        for entry in sorted(sources.infolist(), key=lambda entry: entry.filename):
            name, data = entry.filename, sources.read(entry)
            if name.endswith(".py"):
                try:
                    name, data = f"{name}c", compiled(name, data)
                except SyntaxError:
                    # Some tests of the library's are wrong on purpose.
                    name = entry.filename
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, data, compresslevel=9)


main()
