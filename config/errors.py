"""The one error of running a node, written for the person at the keyboard."""


class NodeError(Exception):
    """The node cannot run as asked: the text says what is wrong and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy
