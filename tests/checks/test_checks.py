"""Each check, by a proposal that breaks it and by one that does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise

from registry import ports
from registry.lines import Line
from registry.models import (
    AccountHolder,
    CorporateGroup,
    GroupLimit,
    IssuanceCap,
    Reconciliation,
    Transaction,
)
from registry.services.propose import Request, dry_run
from registry.services.stops import Stopped, place_stop
from registry.services.transfer import deliver
from tests.type_versions import approved_version
from tests.world import issue_units, moved, stock, vintage

PATHS = settings.CONCORD["CHECKS"]


def _delivery(world, *lines, code="delivery", attributes=None, reverses=None):
    return Request(code, list(lines), "k", world.at, "", attributes or {}, reverses)


def _line(world, **changes):
    values = {
        "source": world.at_home.operator_a,
        "destination": world.at_home.operator_b,
        "unit_type": world.kau.pk,
        "quantity": 1,
        **changes,
    }
    return Line(**values)


def _issuing(world, *lines, first=1, last=1):
    described = {
        "first_line": first,
        "last_line": last,
        "first": None,
        "vintage_from": vintage(2025)["vintage_from"].isoformat(),
        "vintage_to": vintage(2025)["vintage_to"].isoformat(),
        "vintage_label": "2025",
    }
    return _delivery(world, *lines, code="issue", attributes={"issuances": [described]})


def _converting(world, *, to, quantity=10, issued=10, minimum=None):
    old = Line(world.at_offsets.operator_a, to, world.koc.pk, quantity, minimum=minimum)
    new = Line(None, world.at_home.operator_a, world.kcu.pk, issued)
    issuing = _issuing(world, old, new, first=2, last=2)
    return replace(issuing, type_code="convert")


def _of_a_delivery(world):
    outcome = moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    return Transaction.objects.select_related("type").get(pk=outcome.transaction_id)


def _stopped(world, **what):
    stopped = Stopped(world.home.pk, **what)
    place_stop(actor=world.administrator_1, what=stopped, reason="a test", at=world.at)
    return _delivery(world, _line(world))


# For each check: its path, and proposals that break it, each with the line that is told.
BROKEN = {
    "existence.TypeInForce": [(lambda w: _delivery(w, _line(w), code="gift"), None)],
    "ends.SourceGiven": [(lambda w: _delivery(w, _line(w, source=None)), 1)],
    "ends.DestinationGiven": [(lambda w: _delivery(w, _line(w, destination=None)), 1)],
    "ends.EndsUsed": [
        (lambda w: _issuing(w, _line(w)), 1),
        (lambda w: _delivery(w, _line(w), code="freeze"), 1),
    ],
    "existence.SourceExists": [(lambda w: _delivery(w, _line(w, source=10**9)), 1)],
    "existence.DestinationExists": [(lambda w: _delivery(w, _line(w, destination=10**9)), 1)],
    "existence.UnitTypeExists": [(lambda w: _delivery(w, _line(w, unit_type=10**9)), 1)],
    "existence.EntityExists": [(lambda w: _delivery(w, _line(w), _line(w, entity=10**9)), 2)],
    "stops.RegistryRuns": [(lambda w: _stopped(w), None)],
    "stops.UnitTypeRuns": [(lambda w: _stopped(w, unit_type_id=w.kau.pk), 1)],
    "accounts.AccountsDiffer": [
        (lambda w: _delivery(w, _line(w, destination=w.at_home.operator_a)), 1)
    ],
    "accounts.OneRegistry": [
        (lambda w: _delivery(w, _line(w, destination=w.at_neighbour.operator)), None),
        (lambda w: _delivery(w, _line(w), _line(w, source=w.at_offsets.operator_a)), None),
    ],
    "accounts.SourceKind": [(lambda w: _delivery(w, _line(w, source=w.at_home.surrender)), 1)],
    "accounts.DestinationKind": [
        (lambda w: _delivery(w, _line(w, destination=w.at_home.partner)), 1)
    ],
    "units.UnitKindAllowed": [
        (
            lambda w: _delivery(
                w,
                _line(w, source=w.at_home.government, unit_type=w.kcu.pk),
                code="allocate",
            ),
            1,
        )
    ],
    "units.UnitTypeTransferable": [(lambda w: _not_transferable(w), 1)],
    "units.IssuedAtHome": [(lambda w: _issuing(w, _line(w, source=None, unit_type=w.cea.pk)), 1)],
    "units.Convertible": [
        (lambda w: _converting(w, to=w.at_offsets.conversion, issued=11), None),
        (lambda w: _converting(w, to=w.at_offsets.conversion, minimum=5), 1),
    ],
    "units.ConvertedUnitsEnd": [(lambda w: _converting(w, to=w.at_offsets.operator_b), 1)],
    "units.SerialsNamedOnce": [
        (lambda w: _delivery(w, _line(w, first=5, quantity=5), _line(w, first=9)), 2),
        (lambda w: _delivery(w, _line(w, first=9), _line(w, first=5, quantity=5)), 1),
    ],
    "rights.IssuancesCoverLines": [
        (
            lambda w: _issuing(
                w,
                _line(w, source=None),
                _line(w, source=None, unit_type=w.kcu.pk),
                last=2,
            ),
            1,
        ),
        (lambda w: _issuing(w, _line(w, source=None), _line(w, source=None)), None),
        (lambda w: _issuing(w, _line(w, source=None), first=1, last=3), None),
        (lambda w: _issuing(w, _line(w, source=None), first=0, last=1), None),
    ],
    "rights.Reversible": [
        (
            lambda w: _delivery(w, _line(w), code="reverse", reverses=_of_a_delivery(w)),
            None,
        )
    ],
    "rights.ReversalInTime": [(lambda w: _too_late_to_reverse(w), None)],
    "rights.ReasonGiven": [(lambda w: _ruled(w, reason_required=True), None)],
    "rights.ExecutionAhead": [
        (lambda w: replace(_delivery(w, _line(w)), execute_at=w.at), None),
    ],
    "trusted.DestinationTrusted": [(lambda w: _ruled(w, trusted_only=True), 1)],
    "limits.VintageAllowed": [
        (lambda w: _ruled(w, earliest_vintage="2026-01-01", vintage_from=date(2025, 1, 1)), 1),
        (lambda w: _until_2024(w, vintage_from=date(2025, 1, 1)), 1),
        # Without a named vintage, the gate tells it of the units that it picks.
        (lambda w: _ruled(w, earliest_vintage="2026-01-01", latest_vintage=None), 1),
        (lambda w: _until_2024(w, first=3), 1),
    ],
    "limits.BooksClosed": [
        (lambda w: _reconciling(w, w.kau), 1),
        (lambda w: _reconciling(w, None), 1),
    ],
    "limits.IssuanceCapped": [
        (lambda w: _capped(w, 150, None), None),
        (lambda w: _capped(w, 150, date(2025, 1, 1)), None),
    ],
    "groups.GroupWithinItsLimit": [
        (lambda w: _grouped(w, 50, w.kau), None),
        (lambda w: _grouped(w, 50, None), None),
    ],
}


def _ruled(world, **rules):
    """A delivery by a version of its type that has these rules."""
    named = {name: rules.pop(name) for name in ("vintage_from", "first") if name in rules}
    approved_version("delivery", **rules)
    return replace(_delivery(world, _line(world, **named)), at=timezone.now())


def _until_2024(world, **named):
    return _ruled(world, earliest_vintage=None, latest_vintage="2024-01-01", **named)


def _too_late_to_reverse(world):
    approved_version("delivery", reversible=True, reversal_days=10)
    now = timezone.now()
    line = _line(world)
    delivered = deliver(actor=world.administrator_1, lines=[line], key=world.key(), at=now)
    original = Transaction.objects.select_related("type", "posting").get(
        pk=delivered.transaction_id
    )
    back = replace(line, source=line.destination, destination=line.source, first=1)
    late = _delivery(world, back, code="reverse", reverses=original)
    return replace(late, at=now + timedelta(days=11))


def _reconciling(world, unit_type):
    Reconciliation.objects.create(registry=world.home, unit_type=unit_type, began_at=world.at)
    return _delivery(world, _line(world))


def _capped(world, units, vintage_from):
    """150 units of the type are issued already, and the cap is reached."""
    IssuanceCap.objects.create(unit_type=world.kau, vintage_from=vintage_from, units=units)
    return _issuing(world, _line(world, source=None))


def _grouped(world, units, unit_type):
    """Operator B is of a group with this limit, and holds 50 KAU."""
    group = CorporateGroup.objects.create(code=f"G-{world.key()}", name="Group")
    AccountHolder.objects.filter(pk=world.holder_b.pk).update(group=group)
    GroupLimit.objects.create(group=group, registry=world.home, unit_type=unit_type, units=units)
    return _delivery(world, _line(world))


def _not_transferable(world):
    type(world.kcu).objects.filter(pk=world.kcu.pk).update(transferable=False)
    return _delivery(world, _line(world, unit_type=world.kcu.pk))


@pytest.fixture
def stocked(world):
    """Operator A has KAU and KCU, and KOC in the registry of offsets."""
    stock(world, operator_a=100, operator_b=50)
    issue_units(world, world.kcu, [(world.at_home.operator_a, 10)])
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 10)])
    return world


def _check(name):
    return ports.load(f"registry.checks.{name}")


@pytest.mark.parametrize("name", BROKEN)
def test_check_finds_what_breaks_it(name, stocked):
    """The check's code is among the failures, at the line that breaks the rule."""
    for build, line in BROKEN[name]:
        failures = dry_run(stocked.administrator_1, build(stocked))
        assert (_check(name).code, line) in [(f.code, f.line) for f in failures]


def test_checks_let_pass_what_is_in_order(stocked):
    """A delivery, a conversion, an issuance and a freeze in order break no rule at all."""
    for proposal in (
        _delivery(stocked, _line(stocked)),
        _converting(stocked, to=stocked.at_offsets.conversion),
        _issuing(stocked, _line(stocked, source=None)),
        _delivery(stocked, _line(stocked, destination=None), code="freeze"),
    ):
        assert dry_run(stocked.administrator_1, proposal) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda w: _capped(w, 151, None),
        lambda w: _capped(w, 0, date(2024, 1, 1)),
        lambda w: _reconciling(w, w.kcu),
        lambda w: _grouped(w, 51, w.kau),
        lambda w: _grouped(w, 0, w.kcu),
        lambda w: replace(_ruled(w, reason_required=True), reason="agreed"),
        lambda w: _ruled(w, earliest_vintage="2025-01-01", latest_vintage="2025-01-01"),
        lambda w: replace(_delivery(w, _line(w)), execute_at=w.at + timedelta(minutes=1)),
    ],
)
def test_rules_let_pass_what_keeps_to_them(build, stocked):
    """A cap that leaves one unit, other units' books, a reason, the right vintage, the future."""
    assert dry_run(stocked.administrator_1, build(stocked)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_each_check_fails_alone(name, stocked):
    """Of the proposals that break a check, one breaks no other; the gate may have more to say."""
    told, known = [], {ports.load(path).code for path in PATHS}
    for build, _line_number in BROKEN[name]:
        codes = {failure.code for failure in dry_run(stocked.administrator_1, build(stocked))}
        codes &= known
        if codes == {_check(name).code}:
            return
        told.append(codes)
    pytest.fail(f"told together: {told}")


def test_three_checks_fail_together(stocked):
    """All that is broken is told at once, in the order of the list."""
    proposal = replace(
        _ruled(stocked, reason_required=True, trusted_only=True),
        execute_at=stocked.at,
    )
    told = [failure.code for failure in dry_run(stocked.administrator_1, proposal)]
    assert told == ["REASON_REQUIRED", "EXECUTION_IN_THE_PAST", "DESTINATION_NOT_TRUSTED"]


def _worse(world, name, proposal):
    """The proposal with more that is wrong: names of nothing where it is names that are checked,
    and otherwise an account that sends to itself, books that are closed, and the past."""
    line = proposal.lines[-1]
    if name.startswith(("existence.", "ends.")):
        unknown = [_line(world, **{end: 10**9}) for end in ("source", "destination", "unit_type")]
        return replace(proposal, lines=[*proposal.lines, *unknown])
    Reconciliation.objects.create(registry=world.home, unit_type=None, began_at=world.at)
    itself = replace(line, source=line.destination) if line.source and line.destination else line
    return replace(proposal, lines=[*proposal.lines, itself], execute_at=world.at)


@pytest.mark.parametrize("name", BROKEN)
def test_each_check_is_told_among_three(name, stocked):
    """No check is silent because others have failed: at least three are told together."""
    build, _line_number = BROKEN[name][0]
    proposal = _worse(stocked, name, build(stocked))
    told = {failure.code for failure in dry_run(stocked.administrator_1, proposal)}
    assert _check(name).code in told and len(told) >= 3, told


def test_every_check_is_proved():
    """A check without a proposal that breaks it would prove nothing; so would one not in use."""
    ours = [path for path in PATHS if path.startswith("registry.")]
    assert [f"registry.checks.{name}" for name in BROKEN] == ours


def test_checks_of_other_apps_are_proved_beside_them():
    """Each refuses something in a test of its own app."""
    for path in PATHS:
        app = path.split(".")[0]
        if app != "registry":
            tests = (settings.BASE_DIR / "tests" / app).rglob("test_*.py")
            code = f'"{ports.load(path).code}"'
            assert any(code in test.read_text() for test in tests), path


def test_checks_can_be_told_apart_and_read():
    """Codes and numbers are one each; messages and hints are there, in the reader's language."""
    checks = [ports.load(path) for path in PATHS]
    assert len({check.code for check in checks}) == len(checks)
    assert len({check.number for check in checks}) == len(checks)
    for check in checks:
        assert check.code == check.code.upper() and check.number > 0
        assert isinstance(check.message, Promise) and isinstance(check.hint, Promise)
        assert str(check.message) and str(check.hint)
