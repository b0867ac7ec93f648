"""Asking a lane: the outcome of a submission, or nothing where it is to be submitted alone."""

import json
import threading

from django.conf import settings

from registry import errors, posting

from .sockets import LONGEST, opened, reached

# Longer than a lane takes that lives. One that has ended is known at once.
PATIENCE_S = 5.0


class _Connections(dict):
    """To each lane one; they end with the thread that has them."""

    def __del__(self):
        for connection in self.values():
            connection.close()


class _Own(threading.local):
    """What each thread has for itself."""

    def __init__(self):
        self.connections = _Connections()


_own = _Own()


def asked(submission: str, source: int) -> posting.Outcome | None:
    """The outcome, when the lane of the source's account has submitted it. None when there is no
    lane, when it does not answer, or when it says that this one is to be submitted alone.

    Raises: RuleViolated, Conflict, NotPermitted; IntegrityError.
    """
    lanes = settings.CONCORD["LANES"]
    if not lanes:
        return None
    lane = source % lanes
    try:
        connection = _connected(lane)
        connection.send(submission.encode())
        answer = connection.recv(LONGEST)
    except OSError:
        answer = b""
    if not answer:
        _forget(lane)
        return None
    said = json.loads(answer)
    outcome = said and posting.read(said)
    if isinstance(outcome, errors.DomainError):
        raise outcome
    return outcome


def _connected(lane):
    """Raises: OSError."""
    if lane not in _own.connections:
        connection = opened()
        try:
            connection.settimeout(PATIENCE_S)
            with reached(lane) as path:
                connection.connect(path)
        except OSError:
            connection.close()
            raise
        _own.connections[lane] = connection
    return _own.connections[lane]


def _forget(lane):
    """An answer that comes late is none to the next question."""
    connection = _own.connections.pop(lane, None)
    if connection is not None:
        connection.close()
