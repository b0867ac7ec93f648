"""Why a note, a checkpoint, a proof or a receipt is not what it should be."""


class Refused(Exception):
    """What was given does not prove what it should. `code` says why, `data` has the particulars.

    The codes are listed in docs/errors.md.
    """

    def __init__(self, code, **data):
        super().__init__(f"{code} {data}" if data else code)
        self.code = code
        self.data = data
