"""`Worker` and `Stage`: a job whose stages the learner writes."""


def input_hook(state, input_labels):
    """Inputs are processed in the order in which they come."""
    return input_labels


class Stage:
    """What the tasks of a stage call: `init` once, `process` for each input, `done` once.

    `init(interface, params)` gives the state of the others; `interface.output(label).add(key, value)`
    writes. With `combine` all inputs of a label are processed as one, with `sort` sorted by their keys.
    """

    def __init__(
        self,
        name="",
        init=None,
        process=None,
        done=None,
        input_hook=input_hook,
        combine=False,
        sort=False,
    ):
        self.name = name
        self.init = init
        self.process = process
        self.done = done
        self.input_hook = input_hook
        self.combine = combine
        self.sort = sort


class Worker(dict):
    """What a job is given as its `worker` to run a pipeline; may carry the pipeline."""
