"""What of the units held at the end of a period stays usable in the next. Pure."""


def kept(banking, held: int, *, acceptor_limit: int | None = None) -> tuple[int, int]:
    """(units kept, units that lapse).

    `acceptor_limit` is what the acceptor's own rule leaves, None where it sets no limit; it binds
    only where the edge follows it.
    """
    if not banking.allowed:
        most = 0
    elif banking.limit == "share":
        most = held * banking.share.numerator // banking.share.denominator
    elif banking.limit == "follow_acceptor" and acceptor_limit is not None:
        most = acceptor_limit
    else:
        most = held
    stays = min(held, most)
    return stays, held - stays


def net_sales(banking, domestic: int, exported: int) -> int:
    """Units sold less bought, with exports over the edge where they count as sales."""
    return domestic + (exported if banking.counts_as_net_sales else 0)
