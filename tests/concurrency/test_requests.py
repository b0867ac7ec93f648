"""Those who decide on a request at the same moment come in turn."""

from functools import partial

from registry.models import GovernanceDecision, Stop
from registry.services.stops import Stopped, place_stop
from tests.people import approved, asked, person

TRIALS = 10


def test_last_two_approvals_know_of_each_other(world, together):
    """Whichever comes second carries out what both approve: never neither, never both."""
    one, two = (person(world, f"other-{n}", "administrator", world.home) for n in range(2))
    for trial in range(TRIALS):
        what = Stopped(world.home.pk, subject=f"agreement:{trial}")
        stop = place_stop(actor=world.administrator_1, what=what, reason="a test", at=world.at)
        request = asked(world, "stop_lifting", None, by=world.administrator_2, stop=str(stop.pk))
        outcomes = together(*(partial(approved, world, request, by=each) for each in (one, two)))
        assert [outcome.error for outcome in outcomes] == [None, None]
        assert {outcome.value.status for outcome in outcomes} == {"approved", "waiting"}
        assert Stop.objects.get(pk=stop.pk).lifted_at is not None


def test_approval_and_rejection_do_not_both_close(world, together):
    """One closes the request, and the other one is told that it is closed."""
    one, two = (person(world, f"other-{n}", "administrator", world.home) for n in range(2))
    for trial in range(TRIALS):
        account = world.at_home.operator_a
        request = asked(world, "account_change", account, name=f"name {trial}")
        outcomes = together(
            partial(approved, world, request, by=one),
            partial(approved, world, request, by=two, yes=False),
        )
        (refused,) = [outcome.error for outcome in outcomes if not outcome.succeeded]
        assert refused.code == "REQUEST_IS_CLOSED"
        assert GovernanceDecision.objects.filter(request=request).count() == 1
