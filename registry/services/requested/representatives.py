"""Representatives: their appointment, and their restoration after a suspension."""

from registry import permissions
from registry.services.representatives import (
    Appointment,
    appoint,
    appointment_failures,
    restore,
    suspended_failures,
)

from .kind import Asked, Kind


def _appointment_failures(asked: Asked):
    yield from appointment_failures(_appointment(asked), asked.at)


def _appoint(asked: Asked):
    appoint(actor=asked.actor, new=_appointment(asked), at=asked.at, reason=asked.reason)


def _appointment(asked):
    return Appointment(asked.account, asked.payload["person"], asked.payload["right"])


def _restoration_failures(asked: Asked):
    yield from suspended_failures(asked.account, asked.payload["representative"])


def _restore(asked: Asked):
    restore(
        actor=asked.actor,
        representative_id=int(asked.payload["representative"]),
        at=asked.at,
        reason=asked.reason,
    )


APPOINTMENT = Kind(_appointment_failures, _appoint, rights=permissions.INITIATE)
RESTORATION = Kind(_restoration_failures, _restore)
