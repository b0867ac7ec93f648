"""What the accounting refuses."""


class Refused(ValueError):
    """What is wrong, as a code (linking/article6_texts.py has its words) and data."""

    def __init__(self, code, **data):
        self.code, self.data = code, data
        super().__init__(f"{code} {data}")
