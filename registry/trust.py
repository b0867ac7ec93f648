"""Which accounts an account trusts: those of its own holder, and those on its trusted list."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from .models import Account, TrustedAccount


def untrusted(pairs: Iterable[tuple[int, int]], at: datetime) -> set:
    """Of pairs of source and destination, by ids, those whose destination is not trusted.

    Own accounts are trusted: those of the same holder. Terminal accounts, from which nothing comes
    back, are no destinations that an intruder gains by. The database says the same where it
    completes a transaction (registry_untrusted).
    """
    pairs = {(source, to) for source, to in pairs if source != to}
    if not pairs:
        return set()
    sources = {source for source, _to in pairs}
    destinations = {to for _source, to in pairs}
    rows = Account.objects.filter(pk__in=sources | destinations)
    known = {pk: rest for pk, *rest in rows.values_list("pk", "holder_id", "terminal")}
    listed = TrustedAccount.objects.filter(
        Q(removed_at__isnull=True) | Q(removed_at__gt=at),
        account__in=sources,
        trusted__in=destinations,
        trusted_from__lte=at,
    )
    pairs -= set(listed.values_list("account_id", "trusted_id"))
    return {pair for pair in pairs if not _own_or_terminal(*pair, known)}


def of_lines(lines) -> set:
    """The pairs of source and destination of lines that have both."""
    return {
        (line.source, line.destination)
        for line in lines
        if line.source is not None and line.destination is not None
    }


def _own_or_terminal(source, to, known):
    holder, _terminal = known.get(source, (None, False))
    other, terminal = known.get(to, (None, False))
    return terminal or (holder is not None and holder == other)
