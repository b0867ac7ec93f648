"""Lifting of emergency stops: by as many others as the registry's rules ask."""

from registry.models import Account, AccountEvent, Stop
from registry.selectors.stops import unknown_stop
from registry.services.account_events import record

from .kind import Asked, Kind


def _failures(asked: Asked):
    if _stop(asked) is None:
        yield from unknown_stop(asked.payload["stop"]).failures


def _lift(asked: Asked):
    """Ends the stop; an account gets the status back that it had, if nobody changed it since."""
    stop = _stop(asked)
    Stop.objects.filter(pk=stop.pk).update(lifted_by=asked.request, lifted_at=asked.at)
    if stop.account_id is not None:
        Account.objects.filter(pk=stop.account_id, status=Account.Status.SUSPENDED).update(
            status=stop.status_before
        )
        record(
            actor=asked.actor,
            account_id=stop.account_id,
            kind=AccountEvent.Kind.STOP_LIFTED,
            at=asked.at,
            reason=asked.reason,
            stop=str(stop.pk),
            after=stop.status_before,
        )


def _stop(asked):
    rows = Stop.objects.filter(registry=asked.registry, lifted_at__isnull=True)
    return rows.filter(pk=asked.payload["stop"]).first()


LIFTING = Kind(_failures, _lift, about_account=False, quorum=lambda rules: rules.stop_quorum)
