"""What a table of allocations must keep to as a whole: the cap, the reserve, and its inputs. Pure.

All that is wrong is told together, as (code, data).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """Tonnes that a plan can hand out, less what earlier tables have handed out.

    `free` is the cap without what is auctioned and kept in reserve; None where the cap is only the
    sum of what is allocated. `reserve` is for new entrants.
    """

    free: int | None
    reserve: int


def room_failures(room: Room, *, incumbents: int, entrants: int) -> list[tuple[str, dict]]:
    """`incumbents` and `entrants` are the tonnes that a table adds for each."""
    found = []
    if room.free is not None and incumbents > room.free:
        found.append(
            ("ALLOCATION_BEYOND_CAP", {"tonnes": str(incumbents), "available": str(room.free)})
        )
    if entrants > room.reserve:
        found.append(
            ("RESERVE_TOO_SMALL", {"tonnes": str(entrants), "available": str(room.reserve)})
        )
    return found


def input_failures(rule, stage, given) -> list[tuple[str, dict]]:
    """What the rule asks of an installation at a stage and was not given; `given` are names."""
    code = "BENCHMARK_WITHOUT_OUTPUT" if rule.terms.method == "benchmark" else "INPUT_MISSING"
    missing = [name for name in rule.asked(stage) if name not in given]
    return [(code, {"rule": rule.code, "input": name}) for name in missing]
