"""Which serials are asked for: one, or a run of them."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput


def serials_of(asked):
    """The first and the last serial asked for.

    Raises: InvalidInput (SERIALS_NOT_NAMED, BLOCK_BACKWARDS).
    """
    names = {name for name in ("serial", "first", "last") if name in asked}
    if names == {"serial"}:
        return asked["serial"], asked["serial"]
    if names != {"first", "last"}:
        raise InvalidInput(
            Failure(
                "SERIALS_NOT_NAMED",
                _("It is not clear which serials are meant."),
                _("Give serial for one of them, or first and last for a run."),
                data={"parameter": "serial"},
            )
        )
    if asked["last"] < asked["first"]:
        raise InvalidInput(block_backwards({"parameter": "last"}))
    return asked["first"], asked["last"]


def block_backwards(where):
    """The failure of a block that ends before it begins."""
    return Failure(
        "BLOCK_BACKWARDS",
        _("The block ends before it begins."),
        _("The last serial is at least the first."),
        data=where,
    )
