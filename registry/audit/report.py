"""The outcome of an audit for people: aligned lines, in the reader's language."""

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from . import above
from .runner import Moment, Result

# What the rules count. Codes of unit types and the like are printed as they are.
FIGURES = {
    "accounts": gettext_lazy("accounts"),
    "approvals": gettext_lazy("approvals"),
    "checkpoints": gettext_lazy("checkpoints"),
    "documents": gettext_lazy("documents"),
    "closed": pgettext_lazy("holdings", "closed"),
    "closed_accounts": gettext_lazy("closed accounts"),
    "closed_holdings": gettext_lazy("closed holdings"),
    "completed": gettext_lazy("completed transactions"),
    "constraints": gettext_lazy("constraints"),
    "convert": gettext_lazy("convert"),
    "covered": gettext_lazy("covered"),
    "events": gettext_lazy("events"),
    "foreign_holdings": gettext_lazy("foreign holdings"),
    "frozen": gettext_lazy("freezes"),
    "functions": gettext_lazy("functions"),
    "head": gettext_lazy("head"),
    "held": gettext_lazy("held"),
    "holdings": gettext_lazy("holdings"),
    "home_holdings": gettext_lazy("home holdings"),
    "issuances": gettext_lazy("issuances"),
    "issue": gettext_lazy("issue"),
    "issued": gettext_lazy("issued"),
    "keys": gettext_lazy("signing keys"),
    "leaves": gettext_lazy("leaves"),
    "lines": gettext_lazy("lines"),
    "marks": gettext_lazy("marks"),
    "messages": gettext_lazy("messages"),
    "move": gettext_lazy("move"),
    "open_holdings": gettext_lazy("open holdings"),
    "opened": pgettext_lazy("holdings", "opened"),
    "positions": gettext_lazy("positions"),
    "post_in": gettext_lazy("post in"),
    "post_out": gettext_lazy("post out"),
    "postings": gettext_lazy("postings"),
    "rejections": gettext_lazy("rejections"),
    "released": gettext_lazy("released"),
    "reversals": gettext_lazy("reversals"),
    "signatures": gettext_lazy("signatures"),
    "standing": gettext_lazy("standing"),
    "tables": gettext_lazy("tables"),
    "tiles": gettext_lazy("tiles"),
    "tonnes": gettext_lazy("tonnes"),
    "transactions": gettext_lazy("transactions"),
    "triggers": gettext_lazy("triggers"),
    "units": gettext_lazy("units"),
    "uses": gettext_lazy("uses"),
    "waiting": gettext_lazy("waiting"),
    "delayed": gettext_lazy("delayed"),
    "waited": gettext_lazy("waited"),
    "versions": gettext_lazy("versions"),
    "later": gettext_lazy("later versions"),
    "batches": gettext_lazy("batches"),
    "requests": gettext_lazy("requests"),
    "decisions": gettext_lazy("decisions"),
    "changes": gettext_lazy("changes of reference data"),
    "approved": pgettext_lazy("changes", "approved"),
}


def figure_names() -> dict:
    """The names of all that is counted."""
    return FIGURES | {
        key: name for module in above.modules() for key, name in module.FIGURES.items()
    }


class Layout:
    """Columns as wide as the rules at hand need."""

    def __init__(self, rules):
        self.total = len(rules)
        self.index_width = len(str(self.total))
        self.code_width = max(len(rule.code) for rule in rules)

    def head(self, moment: Moment) -> Iterator[str]:
        """What is looked at. Yields lines."""
        yield _("The ledger as of %(at)s, position %(position)s.") % {
            "at": moment.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            "position": number(moment.position),
        }
        yield ""

    def started(self, index: int, rule) -> str:
        """What is being proved, while it is."""
        return f"{self._place(index, rule)}  …  {rule.says}"

    def lines(self, index: int, result: Result) -> Iterator[str]:
        """One rule's outcome: figures, then what was found wrong. Yields lines."""
        wrong = number(result.violations) if result.violations else _("ok")
        single = [figures for figures in result.figures if "of" not in figures]
        place = self._place(index, result.rule)
        counted = "; ".join(counts(figures) for figures in single)
        yield f"{place}  {result.seconds:7.1f} s  {wrong:>6}  {counted}".rstrip()
        yield from self._by_name([figures for figures in result.figures if "of" in figures])
        if result.violations:
            yield f"    {result.rule.says}"
        for finding in result.findings:
            yield f"    {finding.table} {finding.row}: {finding.message}"
        unseen = result.violations - len(result.findings)
        if unseen:
            yield "    " + _("… and %(count)s more.") % {"count": number(unseen)}

    def foot(self, results: list[Result]) -> Iterator[str]:
        """The verdict. Yields lines."""
        violations = sum(result.violations for result in results)
        facts = {
            "rules": number(self.total),
            "violations": number(violations),
            "seconds": f"{sum(result.seconds for result in results):.1f}",
        }
        yield ""
        if violations:
            yield _("%(violations)s violations; %(rules)s rules in %(seconds)s s.") % facts
            yield _(
                "Nothing was changed. Keep a copy of the database before anything is mended; "
                "docs/invariants.md says what each rule means."
            )
        else:
            yield _("No violation; %(rules)s rules in %(seconds)s s.") % facts

    def _place(self, index, rule):
        width = self.index_width
        return f"{index:>{width}}/{self.total}  {rule.code:<{self.code_width}}"

    def _by_name(self, rows):
        """A line for each named row, its numbers aligned below each other."""
        if not rows:
            return
        names = max(len(row["of"]) for row in rows)
        widths = {key: max(len(number(row[key])) for row in rows) for key in rows[0] if key != "of"}
        said = figure_names()
        for row in rows:
            numbers = "   ".join(
                f"{said[key]} {number(row[key]):>{width}}" for key, width in widths.items()
            )
            yield f"    {row['of']:<{names}}   {numbers}"


def counts(figures: dict) -> str:
    """The named counts of a rule, as text."""
    return ", ".join(f"{figure_names()[key]} {number(value)}" for key, value in figures.items())


def number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def document(moment: Moment, results: list[Result]) -> dict:
    """The same for programs: plain values, counts as numbers, texts in the reader's language."""
    return {
        "at": moment.at.isoformat(),
        "position": moment.position,
        "violations": sum(result.violations for result in results),
        "seconds": round(sum(result.seconds for result in results), 3),
        "rules": [
            {
                "code": result.rule.code,
                "says": str(result.rule.says),
                "seconds": round(result.seconds, 3),
                "figures": result.figures,
                "violations": result.violations,
                "findings": [
                    {
                        "what": finding.what,
                        "table": finding.table,
                        "row": finding.row,
                        "message": finding.message,
                        "data": finding.data,
                    }
                    for finding in result.findings
                ],
            }
            for result in results
        ],
    }
