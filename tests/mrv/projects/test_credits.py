"""From verified reports to units, and what becomes of units that are lost."""

from datetime import date, timedelta

import pytest

from mrv.models import CreditLoss
from mrv.selectors import credits
from mrv.services.replace_credits import replace_credits
from mrv.services.state_loss import refuse_loss, state_invalidation
from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.models import Issuance, Transaction
from registry.services.approve import reject
from tests.mrv.projects.cast import BUFFERED, EARNED
from tests.mrv.projects.refusing import refused
from tests.world import blocks, complete

KEPT = EARNED - BUFFERED


def test_verified_report_becomes_units_that_say_where_they_come_from(project):
    """Project, methodology, type and vintage are attributes of the issuance, which is signed; a
    tenth is in the buffer account."""
    world = project.world
    request = project.credited()
    (issued,) = Issuance.objects.filter(posting=transaction_of(request).posting_id)
    assert (issued.project, issued.activity, issued.legal_basis) == (
        "FOREST-1",
        "afforestation",
        "FOREST 1",
    )
    assert (issued.vintage_label, issued.mitigation_type) == ("2025", "removal")
    assert blocks(world.at_offsets.operator_a, world.koc) == [(1, KEPT)]
    assert blocks(world.at_offsets.buffer, world.koc) == [(KEPT + 1, EARNED)]
    assert credits.issued(request.report.project) == EARNED


def transaction_of(row):
    return Transaction.objects.get(pk=row.transaction_id)


def test_period_is_credited_once(project):
    """While the proposal waits, and when it is completed."""
    project.registered()
    report = project.verify(project.report())
    request = project.request(report)
    with refused(Conflict, "PERIOD_CREDITED"):
        project.request(report)
    complete(project.world, request)
    with refused(Conflict, "PERIOD_CREDITED"):
        project.request(report)


def test_rejected_request_can_be_made_anew(project):
    """The registry said no to the proposal: the period is not credited."""
    project.registered()
    report = project.verify(project.report())
    request = project.request(report)
    row = transaction_of(request)
    reject(
        actor=project.world.administrator_2,
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=project.world.at,
        reason="Not yet.",
    )
    again = project.request(report)
    request.refresh_from_db()
    assert (request.state, again.state) == ("dropped", "standing")


def test_report_that_is_not_verified_or_earns_nothing_gives_no_units(project):
    """Nor does one of a registry without a buffer account, where the methodology asks for one."""
    from registry.models import Account

    project.registered()
    report = project.report(carbon_after="1000")
    with refused(Conflict, "REPORT_IN_ANOTHER_STATE"):
        project.request(report)
    with refused(RuleViolated, "NOTHING_TO_CREDIT"):
        project.request(project.verify(report))
    later = project.report(period=(date(2026, 1, 1), date(2026, 3, 1)))
    Account.objects.filter(pk=project.world.at_offsets.buffer).update(status="suspended")
    with refused(RuleViolated, "NO_BUFFER_ACCOUNT"):
        project.request(project.verify(later))


def test_reversal_takes_from_the_buffer_first_and_the_rest_is_owed(project):
    """A verifier states it, an administrator settles it, another approves the cancellation; then
    the holder replaces what is owed, and no more."""
    world = project.world
    project.credited()
    loss = project.settle(project.reversal(200))
    assert (loss.cancelled, loss.owed) == (BUFFERED, 200 - BUFFERED)
    complete_by_one(world, loss)
    assert blocks(world.at_offsets.buffer, world.koc) == []
    offered = {"actor": project.holder, "number": loss.pk, "account": project.account}
    with refused(RuleViolated, "REPLACEMENT_ABOVE_OWED"):
        replace_credits(**offered, units=91, key="a", at=world.at)
    made = replace_credits(**offered, units=90, key="b", at=world.at)
    assert replace_credits(**offered, units=90, key="b", at=world.at) == made
    with refused(RuleViolated, "REPLACEMENT_ABOVE_OWED"):
        replace_credits(**offered, units=1, key="c", at=world.at)
    complete(world, made)
    assert blocks(world.at_offsets.operator_a, world.koc) == [(91, KEPT)]


def complete_by_one(world, row):
    """Administrator 1 approves what administrator 2 has brought about."""
    from registry.services.approve import approve

    found = transaction_of(row)
    approve(
        actor=world.administrator_1,
        transaction_id=found.pk,
        payload_hash=bytes(found.payload_hash),
        at=world.at,
    )


def test_no_more_is_lost_than_was_issued(project):
    """Over all losses, but for those that were refused."""
    world = project.world
    with refused(RuleViolated, "LOSS_ABOVE_ISSUED"):
        project.registered()
        project.reversal(1)
    request = project.credited()
    with refused(RuleViolated, "LOSS_ABOVE_ISSUED"):
        project.reversal(EARNED + 1)
    first = project.reversal(EARNED)
    with refused(RuleViolated, "LOSS_ABOVE_ISSUED"):
        project.reversal(1)
    with refused(RuleViolated, "LOSS_ABOVE_ISSUED"):
        invalidate(project, request)
    refuse_loss(actor=world.administrator_2, number=first.pk, at=world.at)
    assert project.reversal(EARNED).state == "stated"


def invalidate(project, request):
    return state_invalidation(
        actor=project.world.administrator_1,
        number=request.pk,
        evidence="The survey was of another forest.",
        at=project.world.at,
    )


def test_invalid_issuance_is_cancelled_where_it_is_still_held(project):
    """In all accounts; what was used or is gone is owed. Who states it does not decide it."""
    from registry.lines import Line
    from registry.services.cancel import cancel

    world = project.world
    request = project.credited()
    line = Line(world.at_offsets.operator_a, None, world.koc.pk, 50)
    complete(world, cancel(actor=world.administrator_1, lines=[line], key=world.key(), at=world.at))
    loss = invalidate(project, request)
    assert loss.units == EARNED
    with refused(NotPermitted, "OWN_LOSS"):
        refuse_loss(actor=world.administrator_1, number=loss.pk, at=world.at)
    loss = project.settle(loss)
    assert (loss.cancelled, loss.owed) == (EARNED - 50, 50)
    complete_by_one(world, loss)
    assert blocks(world.at_offsets.operator_a, world.koc) == []
    assert blocks(world.at_offsets.buffer, world.koc) == []
    with refused(Conflict, "LOSS_IN_ANOTHER_STATE"):
        project.settle(loss)


def test_request_without_units_is_not_invalidated(project):
    """It is withdrawn or rejected instead."""
    project.registered()
    request = project.request(project.verify(project.report()))
    with refused(RuleViolated, "REQUEST_NOT_ISSUED"):
        invalidate(project, request)


def test_loss_is_settled_anew_after_its_proposal_was_rejected(project):
    """Until then nothing else decides on it; and nothing is replaced that is only stated."""
    world = project.world
    project.credited()
    loss = project.reversal(100)
    with refused(Conflict, "LOSS_IN_ANOTHER_STATE"):
        replace_credits(
            actor=project.holder,
            number=loss.pk,
            account=project.account,
            units=1,
            key="a",
            at=world.at,
        )
    loss = project.settle(loss)
    row = transaction_of(loss)
    reject(
        actor=world.administrator_1,
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=world.at,
        reason="First ask the holder.",
    )
    again = project.settle(loss, at=world.at + timedelta(minutes=1))
    assert (again.cancelled, again.owed) == (100, 0)
    complete_by_one(world, again)
    assert CreditLoss.objects.get().transaction_id != row.pk


@pytest.mark.parametrize("who", ["holder", "administrator_1"])
def test_only_verifiers_state_reversals(project, who):
    """Who owes for them does not measure them."""
    project.credited()
    actor = project.holder if who == "holder" else project.world.administrator_1
    with refused(NotPermitted, "NOT_A_MEMBER"):
        project.reversal(1, actor=actor)
