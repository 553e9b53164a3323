"""Where a name server keeps its names: in memory, or in a file of this machine's disk. Files are of a
format of our own (one JSON text), written whole at each change."""

import json
import os

from .errors import NamingError


class MemoryStorage(dict):
    """Gone with its process."""

    def remove_items(self, items):
        for name in items:
            self.pop(name, None)

    def check_metadata(self):
        """Whether tags can be asked for."""

    def close(self):
        pass


class FileStorage(MemoryStorage):
    """Written before a change is answered."""

    # Whether a change is on the disk itself when it is answered: it survives a power cut then.
    is_synced = True

    def __init__(self, file):
        super().__init__()
        self.file = file
        if os.path.exists(file):
            self.update(self._read())

    def _read(self):
        try:
            with open(self.file, encoding="utf-8") as stored:
                names = json.load(stored)
        except (OSError, ValueError) as error:
            raise NamingError(f"cannot read the names in {self.file}: {error}") from None
        return {name: (uri, set(tags)) for name, (uri, tags) in names.items()}

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        self._write()

    def remove_items(self, items):
        super().remove_items(items)
        self._write()

    def _write(self):
        names = {name: [uri, sorted(tags)] for name, (uri, tags) in self.items()}
        # A stop in the middle must leave the old names.
        draft = f"{self.file}.draft"
        with open(draft, "w", encoding="utf-8") as stored:
            json.dump(names, stored)
            if self.is_synced:
                stored.flush()
                os.fsync(stored.fileno())
        os.replace(draft, self.file)


class SqlStorage(FileStorage):
    """As SQLite does, keeps what it has answered through a power cut."""


class DbmStorage(FileStorage):
    """As dbm does, leaves it to the machine when changes reach the disk. Has no tags."""

    is_synced = False

    def __setitem__(self, name, value):
        super().__setitem__(name, (value[0], set()))

    def check_metadata(self):
        raise NamingError("DbmStorage doesn't support metadata")
