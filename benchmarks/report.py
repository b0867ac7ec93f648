"""The table that people read and the JSON that programs read; both from the same figures."""

import json
from dataclasses import asdict
from pathlib import Path

from .figures import Figure, Ratio


def table(configuration: dict[str, str], figures: dict[str, Figure], found: list[Ratio]) -> str:
    """Configuration, figures and ratios as text."""
    width = max(map(len, configuration))
    lines = [f"{name:<{width}}  {value}" for name, value in configuration.items()]
    lines += [
        "",
        f"{'figure':<14} {'median':>14}  {'unit':<14} {'lowest–highest':<22} {'cpu ms':<12} what",
    ]
    for figure in figures.values():
        spread = f"{_number(min(figure.rounds))}–{_number(max(figure.rounds))}"
        what = figure.title + (f" — {figure.note}" if figure.note else "")
        lines.append(
            f"{figure.name:<14} {_number(figure.median):>14}  {figure.unit:<14} {spread:<22} "
            f"{_cpu(figure):<12} {what}"
        )
    if found:
        lines += ["", f"{'ratio':<24} {'value':>10} {'by cpu':>10}  {'target':<20} verdict"]
    for ratio in found:
        name = f"{ratio.target.figure} / {ratio.target.reference}"
        by_cpu = "" if ratio.by_cpu is None else f"{ratio.by_cpu:.3f}"
        lines.append(
            f"{name:<24} {ratio.value:>10.3f} {by_cpu:>10}  "
            f"{ratio.target.wanted:<20} {ratio.verdict}"
        )
    return "\n".join(lines)


def write_json(
    path: Path, configuration: dict[str, str], figures: dict[str, Figure], found: list[Ratio]
) -> None:
    """Everything that the table says, and each round."""
    said = {
        "configuration": configuration,
        "figures": [{**asdict(figure), "median": figure.median} for figure in figures.values()],
        "ratios": [
            {
                **asdict(ratio.target),
                "value": ratio.value,
                "by_cpu": ratio.by_cpu,
                "verdict": ratio.verdict,
            }
            for ratio in found
        ],
    }
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def _number(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if value >= 10 else f"{value:.3f}"


def _cpu(figure: Figure) -> str:
    if figure.cpu is None:
        return ""
    client, server = figure.cpu
    return f"{client:.2f} + {server:.2f}"
