"""Which phase of a gradual link is in force: its day has come, and its gate is open. Pure."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """What the assessment of two jurisdictions says: see linking/readiness."""

    index: Fraction
    blockers: tuple = ()
    lowest_must: int = 0


NOT_ASSESSED = Standing(Fraction(0), ("",), 0)


@dataclass(frozen=True, slots=True)
class Stage:
    """`phase` is in force, None before the first; `delayed` is the one whose gate is closed."""

    phase: object = None
    delayed: object = None


def stage(phases, on: date, standing: Standing | None = None, started: int | None = None) -> Stage:
    """The phase of a day. `started` is the number of the last phase that has begun.

    A gate is asked once: a phase that has begun goes on when readiness falls, because going back
    is a suspension, which people decide. While a gate is closed the phase before continues, also
    past its end.
    """
    current = None
    for phase in phases:
        if phase.begins > on:
            break
        begun = started is not None and phase.n <= started
        if not begun and not is_open(phase.gate, standing or NOT_ASSESSED):
            return Stage(current, phase)
        current = phase
    if current is not None and current.ends is not None and current.ends <= on:
        current = None
    return Stage(current)


def is_open(gate, standing: Standing) -> bool:
    """Whether readiness suffices; a phase without a gate begins on its day."""
    if gate is None:
        return True
    return (
        standing.index >= gate.min_readiness
        and not (gate.no_blockers and standing.blockers)
        and standing.lowest_must >= gate.min_must
    )
