"""`DDFS`: tags that name blobs, which lie on the nodes."""

import os

from disco._engine import ask, bytes_of, text_of

CHUNK_SIZE = 64 * 1024 * 1024


class DDFS:
    def __init__(self, master=None, settings=None):
        self.master = master

    def push(self, tag, files, replicas=None, update=False, **_):
        """Stores each file, a path or a pair of a file and a name, and adds them to a tag."""
        blobs = ask("push", master=self.master, tag=tag, files=_read(files), replicas=replicas)
        return tag, blobs

    def chunk(self, tag, urls, replicas=None, update=False, chunk_size=CHUNK_SIZE, **_):
        """The same in pieces that end with a line."""
        given = {"files": _read(urls), "replicas": replicas, "size": chunk_size}
        return tag, ask("chunk", master=self.master, tag=tag, **given)

    def tag(self, tag, blobs, **_):
        return ask("tag", master=self.master, tag=tag, input=list(blobs), text=str(blobs))

    def get(self, tag):
        return ask("record", master=self.master, tag=tag)

    def blobs(self, tag, ignore_missing=False):
        return self.get(tag)["urls"]

    urls = blobs

    def attrs(self, tag):
        return self.get(tag)["attrs"]

    def getattr(self, tag, attr):
        return self.attrs(tag)[attr]

    def setattr(self, tag, attr, val):
        ask("setattr", master=self.master, tag=tag, attr=attr, text=str(val))

    def pull(self, tag, **_):
        """Each blob as a file, and its address."""
        import io

        for urls in self.blobs(tag):
            yield io.BytesIO(bytes_of(ask("read", master=self.master, urls=urls))), urls[0]

    def list(self, prefix=""):
        return ask("list", master=self.master, prefix=prefix)

    def exists(self, tag):
        return ask("exists", master=self.master, tag=tag)

    def delete(self, tag):
        ask("delete", master=self.master, tag=tag)


def _read(files):
    uploads = []
    for item in files:
        if isinstance(item, str):
            with open(item.removeprefix("file://"), "rb") as file:
                uploads.append({"name": os.path.basename(item), "text": text_of(file.read())})
            continue
        file, name = item
        data = file.read()
        data = data.encode() if isinstance(data, str) else data
        uploads.append({"name": name, "text": text_of(data)})
    return uploads
