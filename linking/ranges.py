"""Ranges of serials, (first, last) each, both inclusive. Pure."""


def without(ranges, taken) -> list[tuple[int, int]]:
    """The parts of ranges that none of `taken` covers, in their order."""
    for begin, end in taken:
        ranges = [
            part
            for first, last in ranges
            for part in ((first, min(last, begin - 1)), (max(first, end + 1), last))
            if part[0] <= part[1]
        ]
    return ranges


def merged(ranges) -> list[tuple[int, int]]:
    """The runs that ranges which do not overlap make together, however they are cut."""
    runs = []
    for first, last in sorted(ranges):
        if runs and runs[-1][1] + 1 == first:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs
