"""Tonnes divided so that nothing is lost: among installations, and over instalments. Pure."""

from fractions import Fraction


def correction_for(available: int, asked: Fraction, *, whole: bool) -> Fraction:
    """By which factor all are multiplied, so that their sum is at most what is available.

    Where the plan hands out the whole of it, the factor also raises them.
    """
    if not asked or (asked <= available and not whole):
        return Fraction(1)
    return Fraction(available * asked.denominator, asked.numerator)


def remainders(tonnes: list[Fraction], total: int) -> list[int]:
    """To which of these amounts one tonne more is given, so that rounded down they are `total`.

    The largest remainders have it, the earlier one first where two are equal.

    Raises: ValueError where the amounts are not so many.
    """
    floors = [each.numerator // each.denominator for each in tonnes]
    left = total - sum(floors)
    if not 0 <= left <= len(tonnes):
        raise ValueError("The amounts do not add up to the total.")
    order = sorted(range(len(tonnes)), key=lambda place: floors[place] - tonnes[place])
    chosen = set(order[:left])
    return [int(place in chosen) for place in range(len(tonnes))]


def instalments(owed: int, count: int) -> list[int]:
    """A return duty in equal parts; what does not divide is due in the first ones.

    Raises: ValueError.
    """
    if owed < 1 or not 1 <= count <= owed:
        raise ValueError("There are as many instalments as tonnes at most, and at least one.")
    each, more = divmod(owed, count)
    return [each + (place < more) for place in range(count)]
