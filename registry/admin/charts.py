"""Charts as SVG that needs no script: whole numbers in, places of rectangles out.

A chart is never alone: the page shows the same figures as a table beside it, so that nothing is
told by length or colour only.
"""

from dataclasses import dataclass
from itertools import pairwise

WIDTH = 560
# A bar stands below its name, which may be as long as the chart is wide.
ROW = 40
# Colours are classes of the style sheet, chosen to differ also for the colour-blind (Okabe and
# Ito 2008); after the last one they begin again, and each rectangle bears its name as well.
COLOURS = 8
COLUMN = 150
LANE = 30
HEADING = 24


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart: its place and length in points, and what it stands for."""

    name: str
    value: int
    y: int
    length: int


@dataclass(frozen=True)
class Bars:
    """A bar chart: a length for each value, in proportion, and at least a hair for any units."""

    rows: list[Bar]
    width: int = WIDTH

    @property
    def height(self):
        return max(ROW * len(self.rows), ROW)


def bars(values) -> Bars:
    """A chart of (name, value) pairs, the largest value first; values are not negative."""
    ranked = sorted(values, key=lambda pair: (-pair[1], pair[0]))
    largest = max((value for _name, value in ranked), default=0)
    return Bars(
        [
            Bar(name, value, ROW * place, max(WIDTH * value // largest, 1) if value else 0)
            for place, (name, value) in enumerate(ranked)
        ]
    )


@dataclass(frozen=True)
class Box:
    """A block in the picture of a life: left to right in time, top to bottom by serial."""

    held: object
    x: int
    y: int
    width: int
    height: int
    colour: int


@dataclass(frozen=True)
class Life:
    """The picture of the blocks that have held some serials.

    A block is a box from the posting that opened it to the one that closed it, or to the right
    edge. A cut is a box followed by several, a merge several followed by one. All runs of serials
    between two cuts are drawn equally high, however long they are, so that small ones are seen.
    """

    boxes: list[Box]
    postings: list[tuple[int, int]]
    width: int
    height: int


def life(blocks, *, first, last) -> Life:
    """The picture of `blocks` (registry/selectors/lineage.py), cut to the serials first..last."""
    postings = sorted({block.opened_by for block in blocks} | _closings(blocks))
    columns = {posting: place for place, posting in enumerate(postings)}
    edges = {first, last + 1}
    for block in blocks:
        edges |= {max(block.first, first), min(block.last, last) + 1}
    lanes = {start: lane for lane, (start, _end) in enumerate(pairwise(sorted(edges)))}
    lanes[last + 1] = len(lanes)
    accounts = sorted({block.account_id for block in blocks})
    colours = {account: place % COLOURS for place, account in enumerate(accounts)}
    boxes = []
    for block in blocks:
        left = columns[block.opened_by]
        right = columns.get(block.closed_by, len(columns))
        top, end = lanes[max(block.first, first)], lanes[min(block.last, last) + 1]
        boxes.append(
            Box(
                held=block,
                x=left * COLUMN,
                y=HEADING + top * LANE,
                width=(right - left) * COLUMN - 4,
                height=(end - top) * LANE - 4,
                colour=colours[block.account_id],
            )
        )
    headings = [(posting, columns[posting] * COLUMN) for posting in postings]
    return Life(boxes, headings, COLUMN * len(columns), HEADING + LANE * (len(lanes) - 1))


def _closings(blocks):
    return {block.closed_by for block in blocks if block.closed_by is not None}
