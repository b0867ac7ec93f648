"""Giving out a quota beforehand: pro rata, in equal shares, or by sealed bids. Pure."""

from dataclasses import dataclass


def pro_rata(capacity: int, requests: list[int]) -> list[int]:
    """Shares of a capacity in proportion to what was asked, by largest remainder.

    Nobody gets more than was asked; the sum is the capacity, or all that was asked if it fits.
    Equal remainders: the earlier request first.
    """
    asked = sum(requests)
    if asked <= capacity:
        return list(requests)
    given = [capacity * request // asked for request in requests]
    rests = [capacity * request % asked for request in requests]
    order = sorted(range(len(requests)), key=lambda i: (-rests[i], i))
    for i in order[: capacity - sum(given)]:
        given[i] += 1
    return given


def equal(capacity: int, entities: int) -> list[int]:
    """Equal whole shares; the first ones get what is left over, a tonne each."""
    each, over = divmod(capacity, entities)
    return [each + (1 if i < over else 0) for i in range(entities)]


@dataclass(frozen=True, slots=True)
class Bid:
    """Tonnes wanted at a price of at most so many of the smallest coins for one tonne."""

    tonnes: int
    price: int


def auction(capacity: int, bids: list[Bid], *, floor: int = 0) -> tuple[int, list[int]]:
    """A sealed-bid auction of tonnes at one price: the price, and what each bid gets.

    Bids below the floor get nothing. The price is that of the lowest bid that is served, the
    floor where not all is sold. Bids above the price are filled; those at the price share what is
    left by largest remainder.
    """
    won = [0] * len(bids)
    valid = [i for i, bid in enumerate(bids) if bid.price >= floor and bid.tonnes > 0]
    if sum(bids[i].tonnes for i in valid) <= capacity:
        for i in valid:
            won[i] = bids[i].tonnes
        return floor, won
    left = capacity
    price = floor
    for price in sorted({bids[i].price for i in valid}, reverse=True):
        at_price = [i for i in valid if bids[i].price == price]
        wanted = [bids[i].tonnes for i in at_price]
        for i, tonnes in zip(at_price, pro_rata(left, wanted), strict=True):
            won[i] = tonnes
        if sum(wanted) >= left:
            break
        left -= sum(wanted)
    return price, won
