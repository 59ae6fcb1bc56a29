"""What an evaluator must mend before anything can be measured. Raised in this room, shown by the command line."""


class EvalProblem(Exception):
    """A suite, bench, deployment or report cannot be used; the message says why and what to do, in Vietnamese."""
