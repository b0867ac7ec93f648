"""Two sides that compare a million blocks, cut differently: by digests, and by full lists.

No database takes part, and both sides are in one process; the sums are kept beforehand, as the
pass behind the sequencer keeps them. Every question and answer goes through JSON, and what is
found is what the full comparison finds.
"""

import json
import random
import time

from linking.digests.descent import descend
from linking.digests.points import Points, differences, ends_of
from linking.digests.questions import answer
from linking.digests.view import Listed, View

from .figures import Figure

CHANGES = (0, 10, 1000)
LONGEST = 1_000
POINTS = Points("CN-ETR/CEA")


def reconciliation(*, blocks: int, rounds: int) -> dict[str, Figure]:
    """Milliseconds and bytes of a comparison, in full and by digests."""
    chance = random.Random(2026)  # noqa: S311 (the same blocks each time)
    runs = _runs(blocks, chance)
    ours, theirs = list(_cut(runs, chance)), list(_cut(runs, chance))
    own, other = View(Listed(ours, POINTS), POINTS), Listed(theirs, POINTS)
    figures = {
        "compare_full": Figure("compare_full", f"full lists of {blocks:,} blocks", "ms"),
        "bytes_full": Figure("bytes_full", "a full list", "bytes"),
    }
    for many in CHANGES:
        name = f"compare_{many}"
        figures[name] = Figure(name, f"digests, {many} blocks missing", "ms")
        name = f"bytes_{many}"
        figures[name] = Figure(name, "questions and answers", "bytes")
    for _round in range(rounds):
        spent, size, nothing = _in_full(ours, theirs)
        assert not nothing
        figures["compare_full"].rounds.append(spent)
        figures["bytes_full"].rounds.append(size)
        for many in CHANGES:
            missing = [runs[at] for at in sorted(chance.sample(range(blocks), many))]
            gone = View(other, POINTS, [(*run, -1) for run in missing])
            spent, found = _by_digests(own, gone)
            assert ends_of((each.first, each.last) for each in found.differences) == ends_of(
                missing
            ), "the ranges are not those that are missing"
            figures[f"compare_{many}"].rounds.append(spent)
            figures[f"bytes_{many}"].rounds.append(max(found.bytes, 1))
    return figures


def _runs(blocks, chance):
    """Blocks with gaps between them, a thousandth of a year's issuance each."""
    found, begin = [], 1
    for _ in range(blocks):
        begin += chance.randint(1, LONGEST)
        found.append((begin, begin + chance.randint(0, LONGEST)))
        begin = found[-1][1] + 1
    return found


def _cut(runs, chance):
    """The same serials, half of the blocks cut in two."""
    for first, last in runs:
        if first < last and chance.random() < 0.5:
            middle = chance.randint(first, last - 1)
            yield first, middle
            yield middle + 1, last
        else:
            yield first, last


def _in_full(ours, theirs):
    began = time.process_time()
    sent = json.dumps([[str(first), str(last)] for first, last in theirs])
    read = [(int(first), int(last)) for first, last in json.loads(sent)]
    found = differences(ends_of(ours), ends_of(read))
    return (time.process_time() - began) * 1000, len(sent), found


def _by_digests(own, other):
    def ask(asked):
        return json.loads(json.dumps(answer(other, json.loads(json.dumps(asked)))))

    began = time.process_time()
    agreed = own.root() == other.root()
    found = descend(own, ask)
    assert agreed is not bool(found.differences)
    return (time.process_time() - began) * 1000, found
