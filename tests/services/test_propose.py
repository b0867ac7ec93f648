"""What all proposals share: all failures at once in one order, and one answer under one key."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from registry import ports
from registry.errors import Conflict
from registry.lines import Line
from registry.models import Account, Holding, Mark, Transaction
from registry.services.propose import Request, dry_run, propose
from registry.services.transfer import deliver, transfer
from tests.refused import refused
from tests.restless import restless_reference_data
from tests.type_versions import new_version
from tests.world import blocks, complete, moved


def _line(world, **changes):
    home = world.at_home
    return replace(Line(home.operator_a, home.operator_b, world.kau.pk, 10), **changes)


def test_all_failures_at_once(world, home, by):
    """Three lines break six rules; all are told, in the order of the settings, then the gate's."""
    Account.objects.filter(pk=home.trading).update(status="suspended")
    lines = [
        _line(world, source=home.operator_a, destination=home.operator_a),
        _line(world, source=home.surrender, destination=home.cancellation),
        _line(world, destination=home.trading, quantity=10**9),
        _line(world, first=40, quantity=10),
        _line(world, first=45, quantity=10),
    ]
    error = refused(deliver, lines=lines, key="many", **by)
    told = [(failure.code, failure.line) for failure in error.failures]
    assert told == [
        ("SAME_ACCOUNT", 1),
        ("SOURCE_KIND_NOT_ALLOWED", 2),
        ("DESTINATION_KIND_NOT_ALLOWED", 2),
        ("SERIALS_NAMED_TWICE", 5),
        ("DESTINATION_ACCOUNT_BLOCKED", 3),
        ("SERIALS_MARKED", 5),
        ("INSUFFICIENT_UNITS", 3),
        ("INSUFFICIENT_UNITS", 2),
    ]


def test_failures_come_in_the_order_of_the_settings(world, home, by):
    """Whatever the order of the lines, the order of the rules is the documented one."""
    order = [ports.load(path).code for path in settings.CONCORD["CHECKS"]]
    lines = [
        _line(world, unit_type=world.gxa.pk, source=home.surrender),
        _line(world, destination=home.operator_a),
        _line(world, destination=world.at_neighbour.operator),
        _line(world, destination=home.cancellation),
    ]
    for turned in (lines, lines[::-1]):
        codes = refused(deliver, lines=turned, key="many", **by).codes
        listed = [code for code in codes if code in order]
        assert listed == sorted(listed, key=order.index)
        assert len(set(listed)) == 4


def test_unknown_rows_hide_the_other_checks(world, by):
    """What does not exist can not be examined: first all that is unknown, with its lines."""
    lines = [
        _line(world, source=10**9),
        _line(world, destination=10**9 + 1),
        _line(world, unit_type=10**9),
        _line(world, entity=10**9),
        _line(world, destination=world.at_home.cancellation),
    ]
    error = refused(deliver, lines=lines, key="unknown", **by)
    assert [(failure.code, failure.line) for failure in error.failures] == [
        ("UNKNOWN_SOURCE_ACCOUNT", 1),
        ("UNKNOWN_DESTINATION_ACCOUNT", 2),
        ("UNKNOWN_UNIT_TYPE", 3),
        ("UNKNOWN_ENTITY", 4),
    ]


def test_unknown_type(world, by):
    """A type that does not exist, or is not in force yet, is unknown."""
    for code, at in (("gift", world.at), ("transfer", datetime(1999, 1, 1, tzinfo=UTC))):
        request = Request(code, [_line(world)], "k", at)
        error = refused(propose, world.administrator_1, request)
        assert error.codes == ["UNKNOWN_TRANSACTION_TYPE"]


def test_refusal_writes_nothing(world, home, by):
    """After a refusal nothing is there, and the key is free for a better request."""
    before = list(Holding.objects.values_list("pk", "closed_by"))
    refused(deliver, lines=[_line(world, quantity=101)], key="k", **by)
    assert not Transaction.objects.filter(key="k").exists()
    assert list(Holding.objects.values_list("pk", "closed_by")) == before
    assert deliver(lines=[_line(world, quantity=100)], key="k", **by).posting_id


@pytest.mark.parametrize("service", [deliver, transfer])
def test_repeated_request_gets_the_first_answer(service, world, home, by):
    """The same request under the same key is done once."""
    first = service(lines=[_line(world)], key="k", **by)
    again = service(lines=[_line(world)], key="k", **by)
    # When it was proposed, and by which rules, is told to who has just done so.
    news = {"proposed_at": None, "type_id": again.type_id, "registry_id": again.registry_id}
    assert again == replace(first, replayed=True, **news)
    assert Transaction.objects.filter(key="k").count() == 1
    assert Mark.objects.count() == (0 if service is deliver else 1)


def test_repeated_request_after_the_world_changed(world, home, by):
    """The units are gone, the accounts blocked: the first answer is the answer still."""
    first = deliver(lines=[_line(world, quantity=100)], key="k", **by)
    moved(world, home.operator_b, home.trading, 150)
    Account.objects.filter(pk=home.operator_a).update(status="suspended")
    Account.objects.filter(pk=home.operator_b).update(status="closed", closed_at=world.at)
    later = {**by, "at": world.at.replace(year=2027)}
    again = deliver(lines=[_line(world, quantity=100)], key="k", **later)
    assert (again.posting_id, again.replayed) == (first.posting_id, True)


def test_repeated_request_tells_the_state_of_now(world, home, by):
    """Repeated after its approval, the answer names the posting that it has by now."""
    first = transfer(lines=[_line(world)], key="k", **by)
    completed = complete(world, first)
    again = transfer(lines=[_line(world)], key="k", **by)
    assert (again.status, again.posting_id) == (4, completed.posting_id)


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 11},
        {"quantity": 10, "minimum": 9},
        {"first": 1},
        {"vintage_from": date(2025, 1, 1)},
        {"period": "2025"},
        {"credited_tonnes": 10},
        {"factor_version": "v2"},
    ],
    ids=str,
)
def test_key_is_for_one_request(change, world, home, by):
    """The same key with another line is a conflict, and nothing is written."""
    first = deliver(lines=[_line(world)], key="k", **by)
    error = refused(deliver, lines=[_line(world, **change)], key="k", **by)
    assert isinstance(error, Conflict) and error.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert error.failures[0].data == {"transaction": str(first.transaction_id)}
    assert blocks(home.operator_b, world.kau) == [(1, 10), (101, 150)]


def test_key_is_for_one_request_in_its_other_parts(world, home, by):
    """Accounts, type, reason, number and order of lines belong to the request as well."""
    other = _line(world, source=home.operator_b, destination=home.operator_a)
    deliver(lines=[_line(world), other], key="k", **by)
    for call in (
        lambda: deliver(lines=[other, _line(world)], key="k", **by),
        lambda: deliver(lines=[_line(world)], key="k", **by),
        lambda: deliver(lines=[_line(world), other, other], key="k", **by),
        lambda: deliver(lines=[_line(world), other], key="k", reason="another", **by),
        lambda: transfer(lines=[_line(world), other], key="k", **by),
    ):
        assert refused(call).codes == ["IDEMPOTENCY_KEY_REUSED"]


def test_key_with_a_bad_request_is_a_conflict_too(world, home, by):
    """A used key with a request that breaks rules is told as a used key."""
    deliver(lines=[_line(world)], key="k", **by)
    error = refused(deliver, lines=[_line(world, destination=home.cancellation)], key="k", **by)
    assert error.codes == ["IDEMPOTENCY_KEY_REUSED"]


def test_keys_are_their_proposers(world, home, by):
    """Two persons may use the same key; two API keys of one person share it."""
    first = deliver(lines=[_line(world)], key="k", **by)
    same = deliver(
        actor=world.administrator_1_second_key, lines=[_line(world)], key="k", at=world.at
    )
    assert (same.transaction_id, same.replayed) == (first.transaction_id, True)
    other = deliver(actor=world.administrator_2, lines=[_line(world)], key="k", at=world.at)
    assert other.transaction_id != first.transaction_id


def test_dry_run_tells_everything_and_leaves_nothing(world, home, by):
    """A dry run gives the failures that the proposal would meet, or none, and writes nothing."""
    good = Request("transfer", [_line(world)], "k", world.at)
    assert dry_run(world.administrator_1, good) == []
    bad = replace(good, lines=[_line(world, quantity=101), _line(world, source=home.surrender)])
    codes = {failure.code for failure in dry_run(world.administrator_1, bad)}
    assert {"INSUFFICIENT_UNITS", "SOURCE_KIND_NOT_ALLOWED"} <= codes
    assert not Transaction.objects.filter(key="k").exists()
    assert not Mark.objects.exists()


def test_new_version_of_a_type_holds_at_once(fresh_database, world, home, by):
    """From its first moment in force, a version is what proposals are checked against."""
    deliver(lines=[_line(world)], key="before", **by)
    new_version(world, "delivery", destination_kinds=["trading"])
    error = refused(deliver, lines=[_line(world)], key="after", **by)
    assert error.codes == ["DESTINATION_KIND_NOT_ALLOWED"]
    again = deliver(lines=[_line(world)], key="before", **by)
    assert again.replayed


def test_reference_data_that_change_all_the_time_write_nothing(world, home, by):
    """After some attempts the proposal is given up; under its key it succeeds when they rest."""
    asked = {"lines": [_line(world)], "key": "restless", **by}
    with restless_reference_data():
        error = refused(deliver, **asked)
    assert error.codes == ["REFERENCE_DATA_CHANGES"]
    assert not Transaction.objects.filter(key="restless").exists()
    assert not deliver(**asked).replayed
