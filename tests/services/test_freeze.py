from datetime import date

from registry.lines import Line
from registry.models import Mark, Posting, Transaction
from registry.services.freeze import freeze, release
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from registry.services.withdraw import withdraw
from tests.refused import refused
from tests.world import blocks, complete, issue_units, moved


def _standing(kind="freeze"):
    marks = Mark.objects.filter(kind=kind, released_at=None).order_by("first")
    return list(marks.values_list("first", "last"))


def test_freeze_holds_units_where_they_are(world, home, by):
    """A freeze acts at once and without a posting: the units stay and can not move."""
    postings = Posting.objects.count()
    outcome = freeze(lines=[Line(home.operator_a, None, world.kau.pk, 20, first=11)], key="f", **by)
    assert (outcome.status, outcome.posting_id) == (Transaction.Status.COMPLETED, None)
    assert _standing() == [(11, 30)]
    assert Posting.objects.count() == postings
    moved(world, home.operator_a, home.trading, 80)
    assert blocks(home.trading, world.kau) == [(1, 10), (31, 100)]
    error = refused(moved, world, home.operator_a, home.trading, 1)
    assert error.failures[0].data == {"asked": "1", "available": "0"}


def test_frozen_serials_can_not_be_named(world, home, by):
    """Naming frozen serials is refused as marked, also when only one of them is frozen."""
    freeze(lines=[Line(home.operator_a, None, world.kau.pk, 1, first=30)], key="f", **by)
    for service in (deliver, transfer):
        line = Line(home.operator_a, home.trading, world.kau.pk, 20, first=11)
        error = refused(service, lines=[line], key="d", **by)
        assert error.codes == ["SERIALS_MARKED"]
        assert error.failures[0].data == {"first": "11", "last": "30"}
    line = Line(home.operator_a, None, world.kau.pk, 20, first=11, period="2025")
    assert refused(surrender, lines=[line], key="s", **by).codes == ["SERIALS_MARKED"]


def test_freeze_by_quantity_and_vintage(world, home, by):
    """Units to freeze are picked like others, and lines of several accounts are one freeze."""
    issue_units(world, world.kau, [(home.operator_a, 10)], year=2023)
    lines = [
        Line(home.operator_a, None, world.kau.pk, 5, vintage_from=date(2025, 1, 1)),
        Line(home.operator_b, None, world.kau.pk, 50),
    ]
    freeze(lines=lines, key="f", **by)
    assert _standing() == [(1, 5), (101, 150)]


def test_units_are_frozen_once(world, home, by):
    """Frozen units can not be frozen again; the rest of the account can."""
    line = Line(home.operator_a, None, world.kau.pk, 90)
    freeze(lines=[line], key="f", **by)
    assert refused(freeze, lines=[line], key="g", **by).codes == ["INSUFFICIENT_UNITS"]
    freeze(lines=[Line(home.operator_a, None, world.kau.pk, 10)], key="h", **by)
    assert _standing() == [(1, 90), (91, 100)]


def test_reserved_units_are_not_frozen_by_picking(world, home, by):
    """A freeze by quantity takes free units; reserved ones belong to a waiting transaction."""
    line = Line(home.operator_a, home.trading, world.kau.pk, 60)
    waiting = transfer(lines=[line], key="t", **by)
    freeze(lines=[Line(home.operator_a, None, world.kau.pk, 40)], key="f", **by)
    assert _standing() == [(61, 100)]
    complete(world, waiting)
    assert blocks(home.trading, world.kau) == [(1, 60)]


def test_release_needs_a_second_person(world, home, by):
    """What one person froze is free again only after another one has approved."""
    frozen = freeze(lines=[Line(home.operator_a, None, world.kau.pk, 100)], key="f", **by)
    released = release(freeze_id=frozen.transaction_id, key="r", **by)
    assert released.status == Transaction.Status.AWAITING_APPROVAL
    assert _standing() == [(1, 100)]
    complete(world, released)
    assert _standing() == []
    moved(world, home.operator_a, home.trading, 100)


def test_withdrawn_release_leaves_the_freeze(world, home, by):
    """A release that is taken back releases nothing."""
    frozen = freeze(lines=[Line(home.operator_a, None, world.kau.pk, 100)], key="f", **by)
    released = release(freeze_id=frozen.transaction_id, key="r", **by)
    withdraw(actor=world.administrator_1, transaction_id=released.transaction_id)
    assert _standing() == [(1, 100)]


def test_second_release_finds_nothing(world, home, by):
    """A freeze is released once; asking again is answered by what is there: nothing."""
    frozen = freeze(lines=[Line(home.operator_a, None, world.kau.pk, 100)], key="f", **by)
    first = release(freeze_id=frozen.transaction_id, key="r", **by)
    complete(world, first)
    error = refused(
        lambda: complete(world, release(freeze_id=frozen.transaction_id, key="again", **by))
    )
    assert error.codes == ["NOTHING_TO_RELEASE"]
    replayed = release(freeze_id=frozen.transaction_id, key="r", **by)
    assert (replayed.transaction_id, replayed.replayed) == (first.transaction_id, True)


def test_release_of_what_is_no_freeze(world, home, by):
    """A transaction that froze nothing, or does not exist, has nothing to release."""
    transfer_id = moved(world, home.operator_a, home.trading, 1).transaction_id
    for number in (transfer_id, 10**9):
        assert refused(release, freeze_id=number, key="r", **by).codes == ["NOTHING_TO_RELEASE"]


def test_freeze_does_not_take_a_destination(world, home, by):
    """A freeze moves nothing, so a line that says where to is a mistake."""
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 1)
    assert refused(freeze, lines=[line], key="f", **by).codes == ["ACCOUNT_NOT_USED"]
