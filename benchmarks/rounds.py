"""Interleaved rounds: every contender once, then every contender again, so that noise is shared."""

from collections.abc import Callable

from . import configuration
from .contender import Contender
from .figures import Figure
from .tally import Tally


def interleaved(
    contenders: list[Contender], *, rounds: int, seconds: int, say: Callable[[str], None]
) -> dict[str, Figure]:
    """Prepare all, run them in turn, and return a figure for each.

    Raises: UnitsLost, LoadFailed, GuaranteeOff, DiskTooSmall.
    """
    figures = {}
    for contender in contenders:
        say(f"preparing {contender.name}")
        contender.prepare()
        configuration.refuse_without_guarantees(contender.server, contender.template)
        figures[contender.name] = Figure(contender.name, contender.title, contender.unit)
    for number in range(1, rounds + 1):
        for contender in contenders:
            tally = contender.round(seconds=seconds)
            _note(figures[contender.name], tally)
            latency = ", ".join(f"{rank} {value} ms" for rank, value in tally.latency_ms.items())
            say(f"round {number}: {contender.name} {tally.rate:,.1f} {contender.unit}; {latency}")
    for contender in contenders:
        figures[contender.name].note = contender.note
        contender.finish()
    return figures


def _note(figure: Figure, tally: Tally) -> None:
    figure.rounds.append(tally.rate)
    if tally.client_cpu_ms is not None:
        figure.client_cpu_ms.append(tally.client_cpu_ms)
    if tally.server_cpu_ms is not None:
        figure.server_cpu_ms.append(tally.server_cpu_ms)
