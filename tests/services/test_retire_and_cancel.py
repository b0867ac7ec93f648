import pytest

from registry.lines import Line
from registry.models import Use
from registry.services.cancel import ACCOUNTS, cancel
from registry.services.retire import retire
from registry.services.reverse import reverse
from tests.refused import refused
from tests.world import blocks, complete, issue_units


def test_retirement_is_recorded(world, home, by):
    """Retired units lie in the retirement account, with the kind of use."""
    line = Line(home.operator_a, None, world.kau.pk, 10)
    complete(world, retire(lines=[line], key="r", reason="for the year's flights", **by))
    assert blocks(home.retirement, world.kau) == [(1, 10)]
    assert Use.objects.get().kind == "retirement"


@pytest.mark.parametrize("purpose", ACCOUNTS)
def test_each_cancellation_has_its_account(purpose, world, by):
    """Voluntary, mandatory, for overall mitigation, for the Adaptation Fund: each ends apart."""
    home = world.at_home
    issue_units(world, world.kcu, [(home.operator_a, 100)])
    line = Line(home.operator_a, None, world.kcu.pk, 10)
    complete(world, cancel(lines=[line], key="c", purpose=purpose, **by))
    assert blocks(getattr(home, ACCOUNTS[purpose]), world.kcu) == [(1, 10)]
    assert Use.objects.get().kind == "cancellation"


@pytest.mark.parametrize("purpose", ["cancel_for_omge", "cancel_for_adaptation_fund"])
def test_allowances_do_not_serve_for_article_6(purpose, world, home, by):
    """Only credits are cancelled for overall mitigation or as a share of proceeds."""
    line = Line(home.operator_a, None, world.kau.pk, 10)
    error = refused(cancel, lines=[line], key="c", purpose=purpose, **by)
    assert error.codes == ["UNIT_KIND_NOT_ALLOWED"]


def test_cancellation_is_final(world, home, by):
    """A cancelled unit is not brought back, by nobody."""
    line = Line(home.operator_a, None, world.kau.pk, 10)
    outcome = cancel(lines=[line], key="c", **by)
    complete(world, outcome)
    error = refused(reverse, transaction_id=outcome.transaction_id, key="r", **by)
    assert error.code == "NOT_REVERSIBLE"
