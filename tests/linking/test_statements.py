"""A registry that can only export files is compared by them as one that answers is."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from linking import statements
from linking.models import Peer, ReconciliationCase, ReconciliationRun
from linking.services.reconcile_statement import Statement, reconcile_statement
from linking.statements import Form, Unreadable, read
from registry.errors import InvalidInput, NotPermitted, RuleViolated
from registry.lines import Line
from registry.models import Mark, Person
from registry.posting import sequence
from registry.services.api_keys import issue_key
from registry.services.propose import Request, propose
from tests.api.conftest import ApiClient
from tests.linking.conftest import administrator
from tests.world import complete, issue_units

# Reading.


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (Form.CSV, b"\xef\xbb\xbffirst,last,state\r\n11,20,held\r\n1,10,used\r\n\r\n31,31,x\r\n"),
        (Form.CSV, b'last, first\n"20",11\n10,1\n31,31\n'),
        (Form.NDJSON, b'{"first": "11", "last": 20}\n\n{"first": 1, "last": 10, "x": null}\n'
                      b'{"first": 31, "last": "31"}'),
    ],
    ids=["csv", "csv in another order", "ndjson"],
)  # fmt: skip
def test_runs_are_read_however_they_are_cut(form, data):
    """In any order, with whatever else the registry says."""
    assert read(data, form) == [(1, 20), (31, 31)]


@pytest.mark.parametrize(
    ("form", "data", "wrong"),
    [
        (Form.CSV, b"", [("STATEMENT_WITHOUT_COLUMN", 1)]),
        (Form.CSV, b"first,first\n1,2\n", [("STATEMENT_WITHOUT_COLUMN", 1)]),
        (Form.CSV, b"first,last\n1\n2,1\nx,3\n5,-6\n7,8.0\n0,1\n",
         [("STATEMENT_ROW_WRONG", 2), *(("STATEMENT_SERIALS_WRONG", row) for row in range(3, 8))]),
        (Form.CSV, b'first,last\n1,"2\n', [("STATEMENT_ROW_WRONG", 2)]),
        (Form.CSV, b"first,last\n5,9\n1,5\n", [("STATEMENT_SERIALS_TWICE", 2)]),
        (Form.CSV, "first,last\n１,2\n".encode(), [("STATEMENT_SERIALS_WRONG", 2)]),
        (Form.CSV, b"\xff", [("STATEMENT_NOT_TEXT", 0)]),
        (Form.NDJSON, b'[1, 2]\n{"first": 1}\nx\n{"first": true, "last": 2}\n',
         [*(("STATEMENT_ROW_WRONG", row) for row in (1, 2, 3)), ("STATEMENT_SERIALS_WRONG", 4)]),
    ],
    ids=["empty", "a column twice", "rows", "quotes", "twice", "other digits", "bytes", "ndjson"],
)  # fmt: skip
def test_every_wrong_row_is_named(form, data, wrong):
    with pytest.raises(Unreadable) as caught:
        read(data, form)
    assert [(each.code, each.row) for each in caught.value.findings] == wrong


def test_a_file_that_is_too_long_is_not_read(monkeypatch):
    monkeypatch.setattr(statements, "MOST_ROWS", 2)
    assert read(b"first,last\n1,1\n2,2\n", Form.CSV) == [(1, 2)]
    with pytest.raises(Unreadable, match="STATEMENT_TOO_LONG"):
        read(b"first,last\n1,1\n2,2\n3,3\n", Form.CSV)


# Comparing.


@pytest.fixture
def abroad(world, keys_dir):
    """KAU 1 to 100 are booked with the overseas registry, which no node keeps."""
    issue_units(world, world.kau, [(world.at_home.operator_a, 500)], year=2026)
    sent_away(world, 1, 100)
    return world


def sent_away(world, first, quantity):
    line = Line(
        world.at_home.operator_a,
        world.at_home.partner_overseas,
        world.kau.pk,
        quantity,
        first=first,
    )
    made = propose(
        world.administrator_1, Request("external_transfer", [line], world.key(), world.at)
    )
    complete(world, made)
    sequence(100)


def handed_in(world, *rows, actor=None, **changes):
    said = {
        "unit_type": world.kau,
        "partner": world.overseas,
        "form": "csv",
        "data": "\n".join(["first,last", *rows]).encode(),
        "as_of": timezone.now(),
        "name": "stock.csv",
        **changes,
    }
    return reconcile_statement(
        actor=actor or world.administrator_1,
        said=Statement(**said),
        at=timezone.now(),
        clock=timezone.now,
    )


def test_file_agrees_with_what_home_books(abroad):
    """However it cuts the blocks; what it was is kept with the comparison."""
    run = handed_in(abroad, "51,100", "1,20", "21,50")
    assert (run.result, run.trigger) == ("agreed", "statement")
    assert (run.units, run.partner_units, run.partner_position) == (100, 100, None)
    assert run.evidence["partner"]["statement"]["name"] == "stock.csv"
    assert not ReconciliationCase.objects.exists()


def test_differences_become_cases_of_home(abroad):
    """Ten serials that the partner lacks, five that it has too many; only home's are frozen."""
    run = handed_in(abroad, "1,40", "51,105")
    assert run.result == "differs"
    assert run.differences == [["41", "50", 1], ["101", "105", -1]]
    cases = ReconciliationCase.objects.order_by("kind")
    assert [(case.kind, case.registry, case.ranges) for case in cases] == [
        ("not_abroad", abroad.home, [["41", "50"]]),
        ("not_at_home", abroad.home, [["101", "105"]]),
    ]
    marks = Mark.objects.filter(kind="freeze").values_list("first", "last", "account_id")
    assert list(marks) == [(41, 50, abroad.at_home.partner_overseas)]


def test_home_answers_as_of_the_instant_of_the_file(abroad):
    """What left later is not missed in a file from before."""
    then = timezone.now()
    sent_away(abroad, 201, 50)
    assert handed_in(abroad, "1,100", as_of=then).result == "agreed"
    assert handed_in(abroad, "1,100").result == "differs"


def test_a_wrong_row_leaves_nothing(abroad):
    """All rows that are wrong are failures, each with its number."""
    with pytest.raises(InvalidInput) as caught:
        handed_in(abroad, "1,100", "x,1", "9,8")
    failures = caught.value.failures
    assert [(each.code, each.data["row"]) for each in failures] == [
        ("STATEMENT_SERIALS_WRONG", "3"),
        ("STATEMENT_SERIALS_WRONG", "4"),
    ]
    assert not ReconciliationRun.objects.exists()


def test_who_hands_in_what(abroad):
    """An administrator of home, about a partner elsewhere, of a moment that has been."""
    with pytest.raises(NotPermitted):
        handed_in(abroad, actor=administrator(abroad, abroad.neighbour, "china"))
    with pytest.raises(RuleViolated) as caught:
        handed_in(abroad, partner=abroad.neighbour, as_of=timezone.now() + timedelta(hours=1))
    assert caught.value.codes == ["PARTNER_IS_HERE", "STATEMENT_AHEAD"]
    with pytest.raises(RuleViolated) as caught:
        handed_in(abroad, unit_type=abroad.gxa)
    assert caught.value.codes == ["NOTHING_TO_COMPARE"]
    assert not Peer.objects.exists()


def test_by_rest(abroad, description):
    """The body is the file; what is wrong names its row; the answer is the comparison."""
    person = Person.objects.get(pk=abroad.administrator_1.person_id)
    issued = issue_key(actor=abroad.system, person_id=person.pk, label="k", at=timezone.now())
    client = ApiClient(description, issued.text)
    asked = {
        "unit_type": "KAU",
        "partner": "JP-GX",
        "as_of": timezone.now().isoformat(),
        "name": "stock.ndjson",
    }

    def sent(data):
        return client.request(
            "POST",
            "reconciliations/statements",
            query=asked,
            data=data,
            headers={"idempotency-key": f"statement {data}"},
            media_type="application/x-ndjson",
        )

    answer = sent('{"first": 1, "last": 100}')
    assert (answer.status_code, answer.json()["result"]) == (201, "agreed"), answer.content
    assert answer.json()["partner_position"] is None
    wrong = sent('{"first": 1}')
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["code"] == "STATEMENT_ROW_WRONG"


def test_by_command(abroad, tmp_path, capsys):
    """It ends with 1 where the books differ, and prints the exact serials."""
    file = tmp_path / "stock.csv"
    file.write_text("first,last\n1,100\n")
    named = {"unit_type": "KAU", "partner": "JP-GX", "as_of": timezone.now().isoformat()}
    call_command("reconcile_statement", str(file), **named)
    file.write_text("first,last\n1,90\n")
    with pytest.raises(SystemExit):
        call_command("reconcile_statement", str(file), **named)
    assert "91–100  +1" in capsys.readouterr().out
    file.write_text("first,last\n1,x\n")
    with pytest.raises(CommandError, match="STATEMENT_SERIALS_WRONG"):
        call_command("reconcile_statement", str(file), **named)
