"""The one error of the embedded servers, written for the person at the keyboard."""


class EmbeddedServerError(Exception):
    """An embedded server cannot be used: the text says what is wrong and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy
