"""What can be wrong with the index or its model; the message says, in Vietnamese, which command mends it."""


class IndexProblem(Exception):
    """The index or its model cannot be used. The message names the cause and the cure, in Vietnamese."""
