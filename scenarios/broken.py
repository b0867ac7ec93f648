"""What is wrong with a piece of data, and how to mend it.

The texts stay untranslated here, so that pure modules can raise them; a face translates. This
module imports neither Django nor a clock.
"""


def gettext_noop(text):
    """Mark a text for the catalogues without translating it here."""
    return text


class Broken(ValueError):
    """A value that cannot be used. `code` is stable; `data` fills message and hint."""

    def __init__(self, code, message, hint, /, **data):
        super().__init__(f"{code}: {message % data} {hint % data}")
        self.code = code
        self.message = message
        self.hint = hint
        self.data = data
