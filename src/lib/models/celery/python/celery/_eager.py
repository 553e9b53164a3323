"""Running a task here and now: `Task.apply` and `task_always_eager`. Hooks and signals as in a worker;
nothing is stored or sent but what is linked to it."""

import socket

from . import _state, signals
from ._engine import ExceptionInfo, describe
from .exceptions import Ignore, Reject, Retry


def run(task, request, links, errbacks, throw):
    """Runs it once. Returns state, value, traceback, and the Retry if it wants to be run again."""
    _state.task_stack().append(task)
    task.push_request(**request)
    task_id, args, kwargs = request["id"], request["args"], request["kwargs"]
    state, value = None, None
    signals.task_prerun.send(sender=task, task_id=task_id, task=task, args=args, kwargs=kwargs)
    try:
        try:
            task.before_start(task_id, args, kwargs)
            value = task._call(args, kwargs)
        except Exception as error:
            if throw:
                raise
            state, value, trace = _failed(task, error, errbacks)
            return state, value, trace, error if isinstance(error, Retry) else None
        for one in links:
            one.apply_async((value,))
        state = "SUCCESS"
        task.on_success(value, task_id, args, kwargs)
        signals.task_success.send(sender=task, result=value)
        task.after_return(state, value, task_id, args, kwargs, None)
        return state, value, None, None
    finally:
        signals.task_postrun.send(
            sender=task, task_id=task_id, task=task, args=args, kwargs=kwargs, retval=value, state=state
        )
        task.pop_request()
        _state.task_stack().pop()


def _failed(task, error, errbacks):
    request = task.request
    given = request.id, request.args, request.kwargs
    if isinstance(error, (Ignore, Reject)):
        return ("IGNORED" if isinstance(error, Ignore) else "REJECTED"), error, None
    trace = describe(error)["traceback"]
    einfo = ExceptionInfo(error, trace)
    if isinstance(error, Retry):
        task.on_retry(error.exc, *given, einfo)
        signals.task_retry.send(sender=task, request=request, reason=error, einfo=einfo)
        return "RETRY", error, trace
    for one in errbacks:
        if one.type._is_errback():
            one(request, error, trace)
        else:
            one.apply((request.id,))
    task.on_failure(error, *given, einfo)
    signals.task_failure.send(
        sender=task,
        task_id=given[0],
        exception=error,
        args=given[1],
        kwargs=given[2],
        traceback=error.__traceback__,
        einfo=einfo,
    )
    task.after_return("FAILURE", error, *given, einfo)
    return "FAILURE", error, trace


def request_of(task_id, args, kwargs, retries):
    """What `self.request` tells."""
    place = {"is_eager": True, "exchange": None, "routing_key": None, "priority": None}
    return {
        "id": task_id,
        "args": args,
        "kwargs": kwargs,
        "retries": retries,
        "called_directly": False,
        "is_eager": True,
        "delivery_info": place,
        "hostname": socket.gethostname(),
    }
