"""An allocation plan as data: of which scheme and period, its cap, and the rules by which
installations are entitled. Pure.

docs/allocation.md lists the fields. A document is read whole: all that is wrong with it is told.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from mrv.projects.findings import Finding
from mrv.quantities import QuantityError, number, unit

from .rule import Rule, Terms, Value, findings

METHODS = (
    *("benchmark", "intensity_band", "grandfathering", "verified_emissions"),
    *("excess_reduction", "decision"),
)
CONFIDENCES = ("high", "medium", "low")
LANGUAGES = ("en", "zh-hans", "ja", "ko")
FIELDS = {
    *("code", "scheme", "unit_type", "period_from", "period_to", "label", "cap_t", "auction_t"),
    *("reserve_t", "rules", "sources", "not_found"),
}
RULE_FIELDS = {
    *("names", "method", "formula", "advance", "rounding", "sectors", "entrants", "values"),
    "inputs",
}
LONGEST_TEXT = 1000
LONGEST_CODE = 40
MOST_RULES = 200
MOST_TONNES = 10**15


@dataclass(frozen=True)
class Amounts:
    """Tonnes of a plan. `cap` is None where it is only the sum of what is allocated; `auction` and
    `reserve`, that for new entrants, are parts of it."""

    cap: int | None
    auction: int
    reserve: int

    @property
    def free(self) -> int | None:
        """What incumbents can be given free of charge."""
        return None if self.cap is None else self.cap - self.auction - self.reserve


@dataclass(frozen=True)
class Plan:
    """`period_to` is the first day after the period; `label` how people write it."""

    code: str
    scheme: str
    unit_type: str
    period_from: date
    period_to: date
    label: str
    amounts: Amounts
    rules: dict[str, Rule]
    names: dict[str, dict]


def read(document) -> tuple[Plan | None, list[Finding]]:
    """The plan that a document says, or None; and all that is wrong with it."""
    if not isinstance(document, dict):
        return None, [Finding("FIELD_WRONG", "", {})]
    reading = _Reading(document)
    plan = reading.plan()
    return (None if reading.findings else plan), reading.findings


class _Reading:
    def __init__(self, document):
        self.document, self.findings = document, []

    def plan(self):
        given = self.document
        self._known(given, FIELDS, "")
        texts = {
            name: self._text(given, name, "", LONGEST_CODE)
            for name in ("code", "scheme", "unit_type", "label")
        }
        first, end = self._day("period_from"), self._day("period_to")
        if first and end and end <= first:
            self._wrong("/period_to")
        for name, needed in (("sources", True), ("not_found", False)):
            self._texts(given, name, "", needed=needed)
        rules = given.get("rules")
        if not isinstance(rules, dict) or not 1 <= len(rules) <= MOST_RULES:
            self._wrong("/rules")
            rules = {}
        read = {code: self._rule(code, each) for code, each in rules.items()}
        return Plan(
            **texts,
            period_from=first,
            period_to=end,
            amounts=self._amounts(),
            rules=read,
            names={code: each.get("names") for code, each in rules.items() if read[code]},
        )

    def _amounts(self):
        cap, auction, reserve = map(self._tonnes, ("cap_t", "auction_t", "reserve_t"))
        parts = (auction or 0) + (reserve or 0)
        if parts > (cap or 0):
            self._wrong("/cap_t")
        return Amounts(cap, auction or 0, reserve or 0)

    def _rule(self, code, given):
        where = f"/rules/{code[:60]}"
        if not isinstance(given, dict):
            return self._wrong(where)
        self._known(given, RULE_FIELDS, where)
        if not 0 < len(code) <= LONGEST_CODE or given.get("method") not in METHODS:
            self._wrong(f"{where}/method")
        if not _names_it(given.get("names")):
            self._wrong(f"{where}/names")
        if given.get("entrants", True) not in (True, False):
            self._wrong(f"{where}/entrants")
        terms = Terms(
            code,
            str(given.get("method")),
            given.get("formula"),
            str(given.get("rounding", "down")),
            given.get("advance", ""),
            self._texts(given, "sectors", where, needed=False),
            given.get("entrants", True) is True,
        )
        before = len(self.findings)
        rule = Rule(terms, self._values(given, where), self._inputs(given, where))
        if len(self.findings) == before:
            self.findings += [
                Finding(found, f"{where}/{field}", data) for found, field, data in findings(rule)
            ]
        return rule

    def _values(self, given, where):
        found = {}
        for name, each in self._table(given, "values", where):
            here = f"{where}/values/{name[:60]}"
            if not isinstance(each, dict):
                self._wrong(here)
                continue
            self._known(each, {"value", "unit", "source", "confidence"}, here)
            if each.get("confidence") not in CONFIDENCES:
                self._wrong(f"{here}/confidence")
            source = self._text(each, "source", here, LONGEST_TEXT)
            found[name] = Value(
                self._number(each.get("value"), f"{here}/value"),
                self._unit(each.get("unit"), f"{here}/unit"),
                source,
                each.get("confidence"),
            )
        return found

    def _inputs(self, given, where):
        return {
            name: self._unit(each, f"{where}/inputs/{name[:60]}")
            for name, each in self._table(given, "inputs", where)
        }

    def _day(self, name):
        try:
            return date.fromisoformat(self.document.get(name))
        except (TypeError, ValueError):
            return self._wrong(f"/{name}")

    def _tonnes(self, name):
        """Tonnes as text, as all numbers are."""
        if name not in self.document:
            return None
        value = self._number(self.document[name], f"/{name}")
        if value is None or value.denominator != 1 or not 0 <= value <= MOST_TONNES:
            return self._wrong(f"/{name}")
        return value.numerator

    def _number(self, text, where):
        try:
            return number(text)
        except QuantityError as error:
            self.findings.append(Finding(error.code, where, error.data))
        return Fraction(0)

    def _unit(self, text, where):
        try:
            unit(str(text))
        except QuantityError as error:
            self.findings.append(Finding(error.code, where, error.data))
        return str(text)

    def _text(self, given, name, where, longest):
        value = given.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
            self._wrong(f"{where}/{name}")
        return value

    def _texts(self, given, name, where, *, needed):
        values = given.get(name, None if needed else [])
        right = isinstance(values, list) and (values or not needed)
        if not right or not all(isinstance(v, str) and 0 < len(v) <= LONGEST_TEXT for v in values):
            self._wrong(f"{where}/{name}")
            return ()
        return tuple(values)

    def _table(self, given, name, where):
        found = given.get(name, {})
        if not isinstance(found, dict):
            self._wrong(f"{where}/{name}")
            return ()
        return found.items()

    def _known(self, given, fields, where):
        for name in sorted(map(str, set(given) - fields)):
            self.findings.append(Finding("FIELD_UNKNOWN", f"{where}/{name[:60]}", {}))

    def _wrong(self, where):
        self.findings.append(Finding("FIELD_WRONG", where, {}))


def _names_it(names):
    """Texts by language, in English at least."""
    if not isinstance(names, dict) or "en" not in names or set(names) - set(LANGUAGES):
        return False
    return all(isinstance(each, str) and 0 < len(each) <= LONGEST_TEXT for each in names.values())
