"""Runs one task: `python -m disco.worker.task`, started by a node. The engine fetches and writes; here is
what needs the learner's functions."""

import io
import pickle
import sys
import traceback
from hashlib import md5

from _lightcone import program

from disco._engine import ask, bytes_of, dumps, pairs_in, text_of
from disco.error import CommError, DataError, DiscoError

_RETRIED = (DataError, CommError, OSError, MemoryError)
_MEBIBYTE = 1024 * 1024
# Of a file and of a disk, as src/lib/protocol/file-tree.ts has them.
_FILE_SIZE_MAX = 16 * _MEBIBYTE
_DISK_SIZE_MAX = 64 * _MEBIBYTE
_COMBINED_MAX = 2 * _MEBIBYTE


class _Said(io.TextIOBase):
    """What a task prints goes to the job's events, line by line."""

    def __init__(self):
        self.line = ""

    def writable(self):
        return True

    def write(self, text):
        *lines, self.line = (self.line + text).split("\n")
        for line in lines:
            ask("say", text=line)
        return len(text)


class Task:
    def __init__(self, stage, task, role, inputs, data):
        self.stage = stage
        self.name = f"{stage}:{task}"
        self.role = role
        self.inputs = inputs
        self.functions, settings = pickle.loads(bytes_of(data))
        self.params = settings["params"]
        self.partitions = settings["partitions"] or 1
        self.sort = settings["sort"]
        self.interval = settings["status_interval"]
        self.outputs = {}
        self.sizes = {}
        self.total = 0
        self.combined = 0
        self.buffers = {}
        self.entries = 0
        self.pairs = 0

    def run(self):
        if self.role == "map":
            self.map()
        elif self.role == "reduce":
            self.reduce()
        else:
            self.run_stage()

    # A stage of a pipeline.

    def run_stage(self):
        pipeline = self.functions["pipeline"]
        stage = next(stage for stage in pipeline if stage.name == self.stage)
        read = self.lines if stage is pipeline[0] else self.pairs_of
        state = stage.init(self, self.params) if stage.init is not None else None
        labels = list(dict.fromkeys(given["label"] for given in self.inputs))
        for label in stage.input_hook(state, labels) if stage.process is not None else ():
            own = [given for given in self.inputs if given["label"] == label]
            for part in [own] if stage.combine else [[given] for given in own]:
                entries = read(part)
                if stage.combine and stage.sort:
                    entries = self.in_order(entries)
                stage.process(self, state, label, entries)
        if stage.done is not None:
            stage.done(self, state)

    def output(self, label):
        if not isinstance(label, int):
            raise ValueError(
                f"Output label ({label} : {type(label)}) must be an integer or None"
            )
        return _Out(self, label)

    def lines(self, inputs):
        for given in inputs:
            text = bytes_of(given["text"]).decode("utf-8")
            for line in [text] if given["url"].startswith("raw://") else text.splitlines():
                self.entries += 1
                yield line

    # Map.

    def map(self):
        init, function = self.functions["map_init"], self.functions["map"]
        for given in self.inputs:
            entries = self.entries_of(given)
            if init is not None:
                init(entries, self.params)
            for entry in entries:
                for key, value in function(entry, self.params) or ():
                    self.emit(key, value)
                self.entries += 1
                if self.interval and self.entries % self.interval == 0:
                    ask("say", text=f"{self.entries} entries mapped")
        for label, buffer in self.buffers.items():
            self.combine(label, None, None, buffer, True)

    def entries_of(self, given):
        reader, data, url = self.functions["map_reader"], bytes_of(given["text"]), given["url"]
        if reader is not None:
            return reader(io.BytesIO(data), len(data), url, self.params)
        text = data.decode("utf-8")
        return iter([text]) if url.startswith("raw://") else iter(text.splitlines())

    def emit(self, key, value):
        label = self.label_of(key)
        if self.functions["combiner"] is None:
            self.write(label, key, value)
        else:
            self.combined += 1
            if self.combined > _COMBINED_MAX:
                raise DiscoError(
                    f"{self.name} gives its combiner more than {_COMBINED_MAX} pairs. "
                    "Does a loop yield for ever? If not: use more inputs"
                )
            self.combine(label, key, value, self.buffers.setdefault(label, {}), False)

    def combine(self, label, key, value, buffer, done):
        made = self.functions["combiner"](key, value, buffer, done, self.params)
        for pair in made or ():
            self.write(label, *pair)

    def label_of(self, key):
        if self.partitions == 1:
            return 0
        partition = self.functions["partition"]
        if partition is not None:
            return partition(key, self.partitions, self.params)
        # The same in every worker, which `hash` of a text is not.
        return int(md5(str(key).encode()).hexdigest(), 16) % self.partitions

    # Reduce.

    def reduce(self):
        init, function = self.functions["reduce_init"], self.functions["reduce"]
        label = min((given["label"] for given in self.inputs), default=0)
        pairs = self.pairs_of(self.inputs)
        if self.sort:
            pairs = self.in_order(pairs)
        if init is not None:
            init(pairs, self.params)
        if function.__code__.co_argcount < 3:
            for key, value in function(pairs, self.params) or ():
                self.write(label, key, value)
        else:
            function(pairs, _Out(self, label), self.params)

    def pairs_of(self, inputs):
        for given in inputs:
            for pair in pairs_in(bytes_of(given["text"])):
                self.entries += 1
                yield pair

    def in_order(self, pairs):
        pairs = list(pairs)
        for key, _ in pairs:
            _sortable(key)
        return iter(sorted(pairs, key=lambda pair: _sortable(pair[0])))

    def write(self, label, key, value):
        self.pairs += 1
        pair = dumps((key, value))
        self.count(label, len(pair))
        self.outputs.setdefault(label, []).append(pair)

    def count(self, label, length):
        """What a function gives is written once it has returned: one that never does is stopped here."""
        size = self.sizes.get(label, 0) + length
        self.sizes[label] = size
        self.total += length
        if size > _FILE_SIZE_MAX:
            raise _too_much(self.name, "for one label", _FILE_SIZE_MAX)
        if self.total > _DISK_SIZE_MAX:
            raise _too_much(self.name, "in all", _DISK_SIZE_MAX)


class _Out:
    def __init__(self, task, label):
        self.task, self.label = task, label

    def add(self, key, value):
        self.task.write(self.label, key, value)


def _sortable(key):
    if not isinstance(key, (bytes, str)):
        raise ValueError(f"Keys must be bytes for external sort: {key!r}")
    key = key if isinstance(key, bytes) else key.encode()
    if b"\x00" in key or b"\xff" in key:
        raise ValueError("Cannot sort key with 0xFF or 0x00 bytes")
    return key


def _too_much(task, what, limit):
    return DiscoError(
        f"{task} gives more than {limit // _MEBIBYTE} MiB {what}, which no disk here holds. "
        "Does a loop yield for ever? If not: add up in a combiner, or use more inputs"
    )


def main():
    order = ask("begin")
    sys.stdout = _Said()
    try:
        task = Task(**order)
        task.run()
    except Exception as error:
        report = traceback.TracebackException.from_exception(error)
        program.own_frames(report, set())
        is_fatal = not isinstance(error, _RETRIED)
        ask("fail", isFatal=is_fatal, text="".join(report.format()).rstrip("\n"))
        return
    files = {str(label): text_of(b"".join(lines)) for label, lines in sorted(task.outputs.items())}
    ask("end", files=files, entries=task.entries, pairs=task.pairs)


if __name__ == "__main__":
    main()
