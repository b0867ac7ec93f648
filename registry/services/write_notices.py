"""Writes down what persons are to be told: behind what happened, and never on its path.

Each source is a table that only grows. Numbers are given before rows are committed, so a source
is told up to a number only when every transaction that could still write a smaller one has ended
(see NoticeSource). A notice and its mail are one statement, in the transaction that moves the
source on: a worker that is killed has told all of it or nothing, and nobody is told twice.
"""

import json
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from registry import telling, turns
from registry.models import NoticeSource

from .noticed import governance, security, transactions
from .noticed.occurrence import audience

# Numbers of a table that are looked at in one transaction; most of them tell nothing.
BATCH = 5_000
STEPS = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SOURCES = {**transactions.SOURCES, **governance.SOURCES, **security.SOURCES}


def write_notices(*, at) -> int:
    """Takes each source on as far as it is certain; returns how many notices were written.

    The first step of a source only marks where it begins: what was there before is told to
    nobody.
    """
    written = 0
    for code, (model, find) in SOURCES.items():
        for _turn in range(STEPS):
            told, is_more = _step(code, model, find, at)
            written += told
            if not is_more:
                break
    return written + sum(_remind(code, find, at) for code, find in transactions.DEADLINES.items())


@transaction.atomic(durable=True)
def _step(code, model, find, at):
    """How many were told, and whether there is more to be told at once."""
    if not turns.take_if_free(f"notices {code}"):
        return 0, False
    head, xmin, xmax = telling.head(model)
    state = NoticeSource.objects.filter(pk=code).first()
    if state is None:
        _keep(code, head, head)
        return 0, False
    final = state.reached
    # A number beyond all that this server has given is of another server, before a restore.
    if state.candidate_xmax <= xmin or state.candidate_xmax > xmax:
        final = state.candidate
    reached, written = final, 0
    if final > state.reached:
        rows = model.objects.filter(pk__gt=state.reached, pk__lte=final)
        numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if len(numbers) == BATCH:
            reached = numbers[-1]
        if numbers:
            rows = model.objects.filter(pk__gt=state.reached, pk__lte=reached)
            written = _write(find(rows.order_by("pk")), at)
    if reached == state.candidate and head > state.candidate:
        _keep(code, reached, head)
    elif reached > state.reached:
        NoticeSource.objects.filter(pk=code).update(reached=reached)
    return written, reached < final


def _keep(code, reached, candidate):
    """The next step waits for all who have taken a number up to the candidate: their transactions
    are older than this one, which gets its number only now."""
    xmax = telling.this_transaction()
    NoticeSource.objects.update_or_create(
        pk=code, defaults={"reached": reached, "candidate": candidate, "candidate_xmax": xmax}
    )


@transaction.atomic(durable=True)
def _remind(code, find, at):
    """Deadlines that have come near since the last time; `reached` is in microseconds.

    A deadline that was laid down nearer than that was told with the proposal itself.
    """
    if not turns.take_if_free(f"notices {code}"):
        return 0
    horizon = at + timedelta(hours=settings.CONCORD["NOTICE_HOURS_AHEAD"])
    number = (horizon - EPOCH) // MICROSECOND
    state, is_new = NoticeSource.objects.get_or_create(
        pk=code, defaults={"reached": number, "candidate": number, "candidate_xmax": 0}
    )
    if is_new or number <= state.reached:
        return 0
    written = _write(find(EPOCH + state.reached * MICROSECOND, horizon), at)
    NoticeSource.objects.filter(pk=code).update(reached=number, candidate=number)
    return written


def _write(occurrences, at):
    told = audience(occurrences)
    if not told:
        return 0
    columns = zip(
        *(
            (person_id, str(each.kind), each.key, each.subject, json.dumps(each.data), each.at)
            for person_id, each in told
        ),
        strict=True,
    )
    return telling.write(map(list, columns), at=at, mail=settings.CONCORD["MAIL"])
