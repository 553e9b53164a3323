"""`app.conf`: the settings that have an effect here. Any other is refused by name, so that a typing
mistake, or a setting that is not built, never passes for one without effect."""

import difflib
from collections.abc import MutableMapping
from datetime import timedelta

from ._engine import tell
from ._missing import missing
from .exceptions import ImproperlyConfigured

NUMBER = (int, float)

PUBLISH_POLICY = {"max_retries": 3, "interval_start": 0, "interval_max": 1, "interval_step": 0.2}

# Name -> name in the engine, default, type.
ENGINE = {
    "beat_schedule_filename": ("beatScheduleFilename", "celerybeat-schedule", str),
    "broker_url": ("brokerUrl", "amqp://guest@localhost//", str),
    "result_backend": ("resultBackend", None, str),
    "broker_transport_options": ("brokerTransportOptions", {}, dict),
    "broker_connection_max_retries": ("brokerConnectionMaxRetries", 100, NUMBER),
    "broker_connection_timeout": ("brokerConnectionTimeout", 4, NUMBER),
    "broker_heartbeat": ("brokerHeartbeat", 120, NUMBER),
    "result_extended": ("resultExtended", False, bool),
    "result_expires": ("resultExpires", 86_400, NUMBER),
    "task_acks_late": ("taskAcksLate", False, bool),
    "task_acks_on_failure_or_timeout": ("taskAcksOnFailureOrTimeout", True, bool),
    "task_default_queue": ("taskDefaultQueue", "celery", str),
    "task_ignore_result": ("taskIgnoreResult", False, bool),
    "task_publish_retry": ("taskPublishRetry", True, bool),
    "task_publish_retry_policy": ("taskPublishRetryPolicy", PUBLISH_POLICY, dict),
    "task_queues": ("taskQueues", None, (list, tuple)),
    "task_reject_on_worker_lost": ("taskRejectOnWorkerLost", False, bool),
    "task_routes": ("taskRoutes", None, dict),
    "task_track_started": ("taskTrackStarted", False, bool),
    "task_time_limit": ("taskTimeLimit", None, NUMBER),
    "task_soft_time_limit": ("taskSoftTimeLimit", None, NUMBER),
    "worker_max_tasks_per_child": ("workerMaxTasksPerChild", None, NUMBER),
    "task_send_sent_event": ("taskSendSentEvent", False, bool),
    "worker_concurrency": ("workerConcurrency", 0, NUMBER),
    "worker_prefetch_multiplier": ("workerPrefetchMultiplier", 4, NUMBER),
    "worker_send_task_events": ("workerSendTaskEvents", False, bool),
}

TRANSPORT = {"visibility_timeout": "visibilityTimeout", "confirm_publish": "confirmPublish"}

# Of the package itself: modules that a worker imports, and the schedule of beat.
MODULES = {"include": (), "imports": (), "beat_schedule": {}}

# Of the package itself: what is called here instead of sent.
EAGER = {"task_always_eager": False, "task_eager_propagates": False}

# Settings that may say only what is the case anyway.
FIXED = {
    "accept_content": ["json"],
    "enable_utc": True,
    "event_serializer": "json",
    "result_accept_content": None,
    "result_serializer": "json",
    "task_create_missing_queues": True,
    "task_serializer": "json",
    "timezone": "UTC",
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
}


class Settings(MutableMapping):
    """The settings of one application.

    >>> app.conf.task_acks_late = True
    >>> app.conf.update(task_track_started=True, result_expires=3600)
    """

    def __init__(self, app):
        values = {name: default for name, (_, default, _) in ENGINE.items()}
        fixed = {**MODULES, **EAGER, **FIXED, "beat_schedule": {}}
        vars(self).update(_app=app, _values={**values, **fixed})

    def __getitem__(self, name):
        return self._values[name]

    def __setitem__(self, name, value):
        if name in ENGINE:
            tell("configure", app=self._app._number, settings=_for_engine(name, value))
        elif name in FIXED:
            _check_fixed(name, value)
        elif name not in MODULES and name not in EAGER:
            raise _unknown(name)
        self._values[name] = value

    def __delitem__(self, name):
        raise TypeError("settings cannot be deleted")

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __getattr__(self, name):
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"'Settings' object has no attribute '{name}'") from None

    __setattr__ = __setitem__

    def __repr__(self):
        return f"<Settings {self._values!r}>"


def _check_fixed(name, value):
    plain = list(value) if isinstance(value, (tuple, set)) else value
    if isinstance(plain, list):
        plain = [one.removeprefix("application/") for one in plain]
    if plain != FIXED[name]:
        raise missing(f"{name} = {value!r}")


def _for_engine(name, value):
    engine_name, default, kind = ENGINE[name]
    if name == "result_backend" and value is None:
        value = ""
    if name == "result_expires":
        value = value.total_seconds() if isinstance(value, timedelta) else value
    if name in ("broker_heartbeat", "worker_concurrency") and value is None:
        value = default
    if kind is NUMBER and default is None and value is None:
        value = 0
    if name == "task_queues":
        value = [_queue(one) for one in value or ()]
    if name == "task_routes":
        value = {task: _route(one) for task, one in dict(value or {}).items()}
    is_right = isinstance(value, kind) and (kind is not NUMBER or not isinstance(value, bool))
    if not is_right or (kind is NUMBER and not 0 <= value < float("inf")):
        expected = "number" if kind is NUMBER else getattr(kind, "__name__", "list")
        raise ImproperlyConfigured(f"invalid {name}: {value!r} is not a {expected}")
    if name == "broker_transport_options":
        value = {_transport_name(one): it for one, it in value.items()}
    if name == "task_publish_retry_policy":
        value = {_policy_name(one): it for one, it in value.items()}
    return {engine_name: value}


def _policy_name(name):
    if name not in PUBLISH_POLICY:
        known = ", ".join(PUBLISH_POLICY)
        raise ImproperlyConfigured(f"unknown task_publish_retry_policy entry: {name}; known: {known}")
    first, last = name.split("_")
    return first + last.capitalize()


def _queue(queue):
    # Late, because kombu's module needs this package.
    from kombu.entity import Queue

    if isinstance(queue, str):
        return {"name": queue}
    if not isinstance(queue, Queue):
        raise ImproperlyConfigured(f"invalid task_queues: {queue!r} is not a kombu.Queue")
    priority = (queue.queue_arguments or {}).get("x-max-priority", queue.max_priority)
    spec = {"name": queue.name, "maxPriority": priority or 0}
    if queue.exchange.name:
        spec["exchange"] = queue.exchange.name
    if queue.exchange.name or queue.routing_key:
        spec["exchangeType"] = queue.exchange.type
    if queue.routing_key:
        spec["routingKey"] = queue.routing_key
    return spec


ROUTE = {
    "queue": "queue",
    "exchange": "exchange",
    "routing_key": "routingKey",
    "priority": "priority",
}


def _route(route):
    if isinstance(route, str):
        return route
    wrong = set(route) - set(ROUTE)
    if wrong:
        raise missing(f"task_routes with {sorted(wrong)[0]!r}")
    return {ROUTE[name]: value for name, value in route.items()}


def _transport_name(name):
    if name not in TRANSPORT:
        raise missing(f"broker_transport_options[{name!r}]")
    return TRANSPORT[name]


def _unknown(name):
    close = difflib.get_close_matches(name, [*ENGINE, *MODULES, *EAGER, *FIXED], 1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return NotImplementedError(f"the setting {name} is not part of this build of Celery{hint}")
