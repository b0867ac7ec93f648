"""docs/errors.md and docs/checks.md say what the code says."""

import textwrap

import pytest
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import override

from registry import errors
from registry.api.errors import CLASSES, CODES
from tests.docs import codes
from tests.docs.pages import page

HEADERS = (("code", "HTTP", "what it says", "what to do"), ("code", "what it says", "what to do"))


def documented():
    """(code, statuses, message, remedy) of each row of docs/errors.md."""
    for header in HEADERS:
        for row in page("docs/errors.md").rows(*header):
            statuses = row[1].split(", ") if "HTTP" in header else []
            yield row[0].strip("`"), [int(status) for status in statuses], *row[-2:]


def test_errors_lists_exactly_the_codes_of_the_source():
    """Each code that the source can answer with is listed once, and no other is."""
    listed = [row[0] for row in documented()]
    found = codes.found()
    missing = [f"{code} of {found[code].places[0]}" for code in found if code not in listed]
    assert not missing, "docs/errors.md lacks: " + ", ".join(missing)
    assert set(listed) - set(found) == set()
    assert len(listed) == len(set(listed))


def test_errors_repeats_the_messages_of_the_source():
    """What a code says is one of the messages that go with it; what to do is never empty."""
    found = codes.found()
    wrong = [
        f"{code}: {message!r} is none of {sorted(found[code].messages)}"
        for code, _statuses, message, remedy in documented()
        if (found[code].messages and message not in found[code].messages) or not remedy
    ]
    assert not wrong, "\n".join(wrong)


def expected_statuses(code):
    """What the API answers with, as far as the source tells."""
    if code in CODES:
        return {CODES[code]}
    carried = {getattr(errors, name) for name in codes.found()[code].classes}
    if code in errors.GATE_TEXTS:
        carried.add(errors.GATE_CLASSES.get(code, errors.RuleViolated))
    # The first class of the list that it is a kind of, as for an answer.
    return {
        next(given[0] for kind, given in CLASSES.items() if issubclass(error, kind))
        for error in carried
    }


def test_errors_gives_the_statuses_of_the_api():
    """The status is that of the code or, where it has none, of the classes that carry it."""
    wrong = []
    for code, statuses, _message, _remedy in documented():
        missing = expected_statuses(code) - set(statuses)
        if statuses and missing:
            wrong.append(f"{code}: {statuses} lacks {sorted(missing)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "INSUFFICIENT_UNITS",  # the gate, in SQL and in a dictionary
        "SERIALS_NAMED_TWICE",  # a check
        "NOT_WHOLE_UNITS",  # the form of a line
        "PROPOSER_CAN_NOT_APPROVE",  # a constraint
        "NOT_THE_PROPOSER",  # a service
        "UNIT_NOT_RECOGNISED",  # a port
        "METHOD_NOT_ALLOWED",  # the API
        "CELL_EMPTY",  # a loader
        "SEQUENCER_LATE",  # the node
        "config.W001",  # a system check
    ],
)
def test_reading_the_source_finds_codes_everywhere(code):
    """The reader of the source sees each way in which a code is written."""
    assert codes.found()[code].places


def test_reading_the_source_sees_a_new_code(tmp_path):
    """A code in a new place is found with its message; a variable of the environment is not."""
    import ast

    source = """
        __all__ = ["NOT_A_CODE_EITHER"]
        raise RuleViolated(Failure("NEW_CODE", _("All %(n)s are wrong."), _("Mend it.")))
    """
    tree = ast.parse(textwrap.dedent(source))
    assert [name for name, _line in codes.names(tree, anywhere=True)] == ["NEW_CODE"]
    assert list(codes.sayings(tree)) == [("NEW_CODE", "All … are wrong.", "RuleViolated")]
    settings_like = ast.parse('env.str("LOG_LEVEL"); {"ok": False, "problem": "DISK_FULL"}')
    assert [name for name, _line in codes.names(settings_like, anywhere=False)] == ["DISK_FULL"]


def test_checks_is_the_list_of_the_settings():
    """The page has every check of the settings, in their order, with number, texts and group."""
    with override("en"):
        expected = [
            [
                str(number),
                f"`{check.code}`",
                str(check.number),
                str(check.message),
                str(check.hint),
                "" if check.needs_existing else "first",
            ]
            for number, check in enumerate(map(import_string, settings.CONCORD["CHECKS"]), 1)
        ]
    shown = page("docs/checks.md").rows("", "code", "number", "message", "hint", "")
    correct = "\n".join(f"| {' | '.join(row)} |" for row in expected)
    assert shown == expected, f"docs/checks.md should say:\n{correct}"


def test_check_of_the_example_works():
    """The class that docs/checks.md shows refuses what it says, and nothing else."""
    from django.utils.translation import gettext_lazy

    from registry.checks.base import LineCheck
    from registry.lines import Line

    (example,) = [b for b in page("docs/checks.md").blocks() if b.info == "python"]
    names = {"LineCheck": LineCheck, "_": gettext_lazy}
    exec(example.text, names)  # noqa: S102
    check = names["WholeLots"]()

    class Proposal:
        lines = [Line(1, 2, 3, 300), Line(1, 2, 3, 250)]

    (failure,) = check.run(Proposal)
    assert (failure.code, failure.line, failure.data) == ("NOT_A_WHOLE_LOT", 2, {"quantity": "250"})
