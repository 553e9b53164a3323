"""What events tell of a cluster: its workers and tasks as they were at the last event.

>>> state = app.events.State()
>>> receiver = app.events.Receiver(connection, handlers={"*": state.event})
"""

import time
from collections import OrderedDict

__all__ = ("Worker", "Task", "State", "heartbeat_expires")

# A heart that was not heard for so many percent of its interval counts as still.
HEARTBEAT_EXPIRE_WINDOW = 200
HEARTBEATS_MAX = 4

# State by the end of an event's type.
TASK_EVENT_TO_STATE = {
    "sent": "PENDING",
    "received": "RECEIVED",
    "started": "STARTED",
    "failed": "FAILURE",
    "retried": "RETRY",
    "succeeded": "SUCCESS",
    "revoked": "REVOKED",
    "rejected": "REJECTED",
}
READY_STATES = frozenset({"SUCCESS", "FAILURE", "REVOKED"})
# From the state that holds over all others to the one that any other replaces; None: any other.
_RANKS = ("SUCCESS", "FAILURE", None, "REVOKED", "STARTED", "RECEIVED", "REJECTED", "RETRY", "PENDING")


def _rank(state):
    return _RANKS.index(state if state in _RANKS else None)


def heartbeat_expires(timestamp, freq=60, expire_window=HEARTBEAT_EXPIRE_WINDOW):
    """When a heart that was last heard at `timestamp` counts as still."""
    return timestamp + float(freq) * expire_window / 100


class Worker:
    """What is known of a worker."""

    expire_window = HEARTBEAT_EXPIRE_WINDOW

    def __init__(self, hostname=None, pid=None, freq=60, heartbeats=None, clock=0, **fields):
        told = ("active", "processed", "loadavg", "sw_ident", "sw_ver", "sw_sys")
        vars(self).update({name: fields.get(name) for name in told})
        self.hostname, self.pid, self.freq, self.clock = hostname, pid, freq, clock or 0
        self.heartbeats = [] if heartbeats is None else heartbeats

    def event(self, type_, timestamp=None, local_received=None, fields=None):
        """Takes an event of this worker."""
        vars(self).update(fields or {})
        if type_ == "offline":
            self.heartbeats[:] = []
        elif local_received and timestamp:
            self.heartbeats[:] = sorted([*self.heartbeats, local_received])[-HEARTBEATS_MAX:]

    def update(self, f, **kw):
        """Sets what is known."""
        vars(self).update({**f, **kw})

    @property
    def heartbeat_expires(self):
        """When its heart counts as still, seconds since 1970."""
        return heartbeat_expires(self.heartbeats[-1], self.freq, self.expire_window)

    @property
    def alive(self):
        """Whether its heart was heard lately."""
        return bool(self.heartbeats and time.time() < self.heartbeat_expires)

    @property
    def status_string(self):
        return "ONLINE" if self.alive else "OFFLINE"

    @property
    def id(self):
        return f"{self.hostname}.{self.pid}"

    def __eq__(self, other):
        return isinstance(other, Worker) and self.hostname == other.hostname

    def __hash__(self):
        return hash(self.hostname)

    def __repr__(self):
        # Without its last bracket, as the real one.
        return f"<Worker: {self.hostname} ({self.status_string} clock:{self.clock})"


class Task:
    """What is known of a task. What nobody has told is None."""

    _fields = (
        "uuid", "name", "state", "received", "sent", "started", "rejected", "succeeded", "failed",
        "retried", "revoked", "args", "kwargs", "eta", "expires", "retries", "worker", "result",
        "exception", "timestamp", "runtime", "traceback", "exchange", "routing_key", "clock",
        "client", "root", "root_id", "parent", "parent_id", "children",
    )  # fmt: skip
    _info_fields = (
        "args", "kwargs", "retries", "result", "eta", "runtime", "expires", "exception",
        "exchange", "routing_key", "root_id", "parent_id",
    )  # fmt: skip
    # All that an event of this state may tell which comes after one that follows it.
    merge_rules = {
        "RECEIVED": (
            "name", "args", "kwargs", "parent_id", "root_id", "retries", "eta", "expires",
        ),
    }  # fmt: skip

    def __init__(self, uuid=None, cluster_state=None, **fields):
        own = [name for name in self._fields if name not in ("root", "parent", "children")]
        vars(self).update(dict.fromkeys(own))
        self.uuid, self.cluster_state = uuid, cluster_state
        self.state, self.clock, self._children = "PENDING", 0, []
        vars(self).update(fields)

    def event(self, type_, timestamp=None, local_received=None, fields=None):
        """Takes an event of this task, which may come before or after others."""
        fields = {} if fields is None else fields
        state = TASK_EVENT_TO_STATE.get(type_)
        if state is None:
            state = type_.upper()
        else:
            setattr(self, type_, timestamp)
        is_retry = "RETRY" in (state, self.state)
        if not is_retry and _rank(state) > _rank(self.state):
            keep = self.merge_rules.get(state)
            told = {name: one for name, one in fields.items() if keep is None or name in keep}
        else:
            # The handler's own event gets its state too.
            fields.update(state=state, timestamp=timestamp)
            told = fields
        vars(self).update(told)

    def info(self, fields=None, extra=None):
        """What is known of it, as a dict."""
        names = [*(self._info_fields if fields is None else fields), *(extra or ())]
        found = {name: getattr(self, name, None) for name in names}
        return {name: one for name, one in found.items() if one is not None}

    def as_dict(self):
        """All of its fields."""
        shown = {"children": [one.id for one in self.children], "root": self.root_id, "parent": self.parent_id}
        return {name: shown[name] if name in shown else getattr(self, name) for name in self._fields}

    @property
    def children(self):
        return set(self._children)

    @property
    def id(self):
        return self.uuid

    @property
    def origin(self):
        return self.client if self.worker is None else self.worker.id

    @property
    def ready(self):
        return self.state in READY_STATES

    @property
    def parent(self):
        return self.parent_id and self.cluster_state.tasks.get(self.parent_id)

    @property
    def root(self):
        return self.root_id and self.cluster_state.tasks.get(self.root_id)

    def __eq__(self, other):
        return isinstance(other, Task) and self.uuid == other.uuid

    def __hash__(self):
        return hash(self.uuid)

    def __repr__(self):
        return f"<Task: {self.name}({self.uuid}) {self.state} clock:{self.clock}>"


class State:
    """Workers and tasks by their events.

    callback: called with the state and each event.
    on_node_join, on_node_leave: called with workers that come and go.
    """

    Worker = Worker
    Task = Task

    def __init__(
        self,
        callback=None,
        workers=None,
        tasks=None,
        taskheap=None,
        max_workers_in_memory=5000,
        max_tasks_in_memory=10000,
        on_node_join=None,
        on_node_leave=None,
    ):
        self.event_callback = callback
        self.workers = OrderedDict() if workers is None else workers
        self.tasks = OrderedDict() if tasks is None else tasks
        self.max_workers_in_memory = max_workers_in_memory
        self.max_tasks_in_memory = max_tasks_in_memory
        self.on_node_join, self.on_node_leave = on_node_join, on_node_leave
        self.event_count = self.task_count = 0
        self.handlers = {}
        self._seen_types = set()

    def event(self, event):
        """Takes an event; returns what it is about, whether that is new, and the end of its type."""
        self.event_count += 1
        if self.event_callback:
            self.event_callback(self, event)
        group, _, subject = event["type"].partition("-")
        if group in self.handlers:
            return self.handlers[group](subject, event), subject
        if group == "worker":
            return self._worker_event(subject, event), subject
        if group == "task":
            return self._task_event(subject, event), subject
        return None

    def _worker_event(self, subject, event):
        is_offline = subject == "offline"
        hostname = event["hostname"]
        worker = self.workers.get(hostname)
        created = worker is None and not is_offline
        if worker is None:
            worker = Worker(hostname)
        if not is_offline:
            self.workers[hostname] = worker
            self._limit(self.workers, self.max_workers_in_memory)
        worker.event(subject, event["timestamp"], event["local_received"], event)
        if self.on_node_join and (created or subject == "online"):
            self.on_node_join(worker)
        if is_offline:
            if self.on_node_leave:
                self.on_node_leave(worker)
                self.workers.pop(hostname, None)
        return worker, created

    def _task_event(self, subject, event):
        task, created = self.get_or_create_task(event["uuid"])
        if subject == "sent":
            task.client = event["hostname"]
        else:
            worker, _ = self.get_or_create_worker(event["hostname"])
            task.worker = worker
            worker.event(None, event["local_received"], event["timestamp"])
        if subject == "received":
            self.task_count += 1
        task.event(subject, event["timestamp"], event["local_received"], event)
        if task.name is not None:
            self._seen_types.add(task.name)
        parent = self.tasks.get(task.parent_id)
        if parent is not None and task not in parent._children:
            parent._children.append(task)
        return task, created

    def get_or_create_worker(self, hostname, **fields):
        """The worker of this name, and whether it is new."""
        created = hostname not in self.workers
        if created:
            self.workers[hostname] = Worker(hostname, **fields)
        elif fields:
            self.workers[hostname].update(fields)
        return self.workers[hostname], created

    def get_or_create_task(self, uuid):
        """The task with this id, and whether it is new."""
        created = uuid not in self.tasks
        if created:
            self.tasks[uuid] = Task(uuid, cluster_state=self)
            self._limit(self.tasks, self.max_tasks_in_memory)
        return self.tasks[uuid], created

    def _limit(self, kept, limit):
        while limit and len(kept) > limit:
            kept.pop(next(iter(kept)))

    def alive_workers(self):
        """Workers whose hearts were heard lately."""
        return (worker for worker in self.workers.values() if worker.alive)

    def task_types(self):
        """Names of the tasks that were heard of, sorted."""
        return sorted(self._seen_types)

    def itertasks(self, limit=None):
        """Ids with their tasks."""
        return iter(list(self.tasks.items())[:limit])

    def tasks_by_time(self, limit=None, reverse=True):
        """Ids with their tasks, the last one first."""
        found = sorted(
            self.tasks.items(), key=lambda item: (item[1].clock, item[1].timestamp or 0), reverse=reverse
        )
        return iter(found[:limit])

    tasks_by_timestamp = tasks_by_time

    def tasks_by_type(self, name, limit=None, reverse=True):
        """Those of this name."""
        found = (item for item in self.tasks_by_time(reverse=reverse) if item[1].name == name)
        return iter(list(found)[:limit])

    def tasks_by_worker(self, hostname, limit=None, reverse=True):
        """Those that this worker last told of."""
        found = (
            item
            for item in self.tasks_by_time(reverse=reverse)
            if item[1].worker is not None and item[1].worker.hostname == hostname
        )
        return iter(list(found)[:limit])

    def clear_tasks(self, ready=True):
        """Forgets tasks that have ended, or all of them."""
        kept = [] if not ready else [one for one in self.tasks.items() if not one[1].ready]
        self.tasks.clear()
        self.tasks.update(kept)

    def clear(self, ready=True):
        """Forgets workers too."""
        self.workers.clear()
        self.clear_tasks(ready)
        self.event_count = self.task_count = 0

    def freeze_while(self, fun, *args, clear_after=False, **kwargs):
        """Calls a function while nothing changes."""
        try:
            return fun(*args, **kwargs)
        finally:
            if clear_after:
                self.clear()

    def __repr__(self):
        return f"<State: events={self.event_count} tasks={self.task_count}>"
