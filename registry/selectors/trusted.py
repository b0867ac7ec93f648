"""Which accounts an account may send units to without delay."""

from django.db.models import F, Q

from registry.models import Account, TrustedAccount


def of_account(account):
    """The entries of an account's list that were not removed, in the order of their addition."""
    rows = TrustedAccount.objects.filter(account=account, removed_at__isnull=True)
    return rows.select_related("trusted", "account").order_by("pk")


def trusted(account_id, destination_id, at) -> bool:
    """Whether the destination is on the account's list and counts by then, or has its holder."""
    return not untrusted({(account_id, destination_id)}, at)


def untrusted(pairs, at) -> set:
    """Of (account, destination) pairs of ids, those whose destination is not trusted.

    Own accounts are trusted: those of the same holder. Terminal accounts of the registry, from
    which nothing comes back, are no destinations that an intruder gains by.
    """
    pairs = {(source, to) for source, to in pairs if source != to}
    if not pairs:
        return set()
    sources = {source for source, _to in pairs}
    destinations = {to for _source, to in pairs}
    rows = Account.objects.filter(pk__in=sources | destinations)
    known = {pk: rest for pk, *rest in rows.values_list("pk", "holder_id", "terminal")}
    listed = set(
        TrustedAccount.objects.filter(
            Q(removed_at__isnull=True) | Q(removed_at__gt=at),
            account__in=sources,
            trusted__in=destinations,
            trusted_from__lte=at,
        ).values_list(F("account_id"), F("trusted_id"))
    )
    return {pair for pair in pairs - listed if not _own_or_terminal(*pair, known)}


def _own_or_terminal(source, to, known):
    holder, _terminal = known.get(source, (None, False))
    other, terminal = known.get(to, (None, False))
    return terminal or (holder is not None and holder == other)
