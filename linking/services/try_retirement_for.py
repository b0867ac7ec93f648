"""What a retirement for a use elsewhere would do here, without doing any of it."""

from registry.services.dry_run import Trial, dry_run

from .retire_for import Order, retire_for


def try_retirement_for(*, actor, order: Order, at, reason="") -> Trial:
    """Runs the retirement as for `at` and takes all of it back. What its acceptor will say of it
    is not known before it is told.

    Raises: NotPermitted (NO_ACTOR).
    """

    def act(*, actor, key, at):
        return retire_for(actor=actor, order=order, key=key, at=at, reason=reason).outcome

    (trial,) = dry_run(actor=actor, acts=[act], at=at)
    return trial
