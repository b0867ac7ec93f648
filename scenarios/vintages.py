"""Vintages: a label such as KAU25, FY2026, P3 or KOC21-26, read as an interval of dates.

How a unit type's labels are read is data: the rule and the forms of the label, as in
`reference/unit_types.csv`. This module imports neither Django nor a clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from .broken import Broken, gettext_noop

# Which placeholders the forms of each rule may have.
PLACEHOLDERS = {
    "calendar_year": [{"yy"}, {"yyyy"}],
    "year_range": [{"yy"}, {"yy", "yy_end"}],
    "fiscal_year_april": [{"yyyy"}],
    "fiscal_year_range": [{"yyyy", "yyyy_end"}],
    "period": [{"n"}],
    "reduction_and_conversion_year": [{"yy", "yy_last"}],
    "monitoring_period": [{"from", "to"}],
}
PATTERNS = {
    "yy": r"\d\d",
    "yyyy": r"\d{4}",
    "yy_end": r"\d\d",
    "yyyy_end": r"\d{4}",
    "n": r"[1-9]\d?",
    "from": r"\d{4}-\d\d-\d\d",
    "to": r"\d{4}-\d\d-\d\d",
}
PLACEHOLDER = re.compile(r"\{(?P<name>[a-z_]+)(?:\+(?P<years>[1-9]\d?))?\}")


@dataclass(frozen=True)
class Vintage:
    """The half-open interval [starts_on, ends_before), and the last day of use where a label tells.

    `usable_until` is the last day on which a Korean offset credit can be converted.
    """

    label: str
    starts_on: date
    ends_before: date
    usable_until: date | None = None


@dataclass(frozen=True)
class Convention:
    """How the labels of one unit type are read.

    `periods` maps a compliance period's code to its half-open interval; only the rule `period`
    needs it, because Saitama's first period is shorter than Tokyo's.
    """

    unit_type: str
    rule: str
    forms: tuple[str, ...]
    periods: Mapping[str, tuple[date, date]] = field(default_factory=dict)


def read(label, convention):
    """The vintage that a label stands for under a unit type's convention.

    Raises: Broken VINTAGE_LABEL_UNKNOWN, VINTAGE_PERIOD_UNKNOWN, VINTAGE_DATE_UNKNOWN,
    VINTAGE_EMPTY
    """
    for form in convention.forms:
        found = _match(label, form)
        if found is not None:
            break
    else:
        raise Broken(
            "VINTAGE_LABEL_UNKNOWN",
            gettext_noop("“%(label)s” is not a vintage label of %(unit_type)s."),
            gettext_noop("Write it in one of these forms: %(forms)s."),
            label=label,
            unit_type=convention.unit_type,
            forms=", ".join(convention.forms),
        )
    starts_on, ends_before, usable_until = _interval(label, found, convention)
    if ends_before <= starts_on:
        raise Broken(
            "VINTAGE_EMPTY",
            gettext_noop("The vintage “%(label)s” ends before it starts."),
            gettext_noop("Put the earlier year or day first."),
            label=label,
        )
    return Vintage(label, starts_on, ends_before, usable_until)


def check_forms(rule, forms):
    """The forms of a rule that cannot be read, each as a Broken; none when all is well."""
    for form in forms:
        names = ["yy_last" if years else name for name, years in PLACEHOLDER.findall(form)]
        plain = PLACEHOLDER.sub("", form)
        if set(names) not in PLACEHOLDERS[rule] or len(set(names)) < len(names) or "{" in plain:
            yield Broken(
                "VINTAGE_FORM_UNKNOWN",
                gettext_noop("The label form “%(form)s” does not suit the rule %(rule)s."),
                gettext_noop("Use these placeholders: %(placeholders)s."),
                form=form,
                rule=rule,
                placeholders="; ".join(
                    " ".join(_written(name) for name in sorted(choice))
                    for choice in PLACEHOLDERS[rule]
                ),
            )


def _written(name):
    return "{yy+5}" if name == "yy_last" else f"{{{name}}}"


def _match(label, form):
    """The values of a form's placeholders in a label; None where the label has another form."""
    pattern, plain_from, years_ahead = "", 0, None
    for placeholder in PLACEHOLDER.finditer(form):
        pattern += re.escape(form[plain_from : placeholder.start()])
        plain_from = placeholder.end()
        name, years = placeholder["name"], placeholder["years"]
        if years:
            name, years_ahead = "yy_last", int(years)
        pattern += f"(?P<{name}>{PATTERNS.get(name, PATTERNS['yy'])})"
    found = re.fullmatch(pattern + re.escape(form[plain_from:]), label, re.ASCII)
    if found is None:
        return None
    values = found.groupdict()
    if years_ahead:
        if int(values["yy_last"]) != (int(values["yy"]) + years_ahead) % 100:
            return None
        values["years_ahead"] = years_ahead
    return values


def _interval(label, values, convention):
    """Start, end (exclusive) and last day of use of the values found in a label."""
    if convention.rule == "period":
        code = f"P{values['n']}"
        if code not in convention.periods:
            raise Broken(
                "VINTAGE_PERIOD_UNKNOWN",
                gettext_noop("%(unit_type)s has no period %(code)s."),
                gettext_noop("Use one of %(known)s, or add the period to periods.csv."),
                unit_type=convention.unit_type,
                code=code,
                known=", ".join(convention.periods) or "-",
            )
        return *convention.periods[code], None
    if convention.rule == "monitoring_period":
        return _day(values["from"], label), _day(values["to"], label) + timedelta(days=1), None
    month = 4 if convention.rule.startswith("fiscal_year") else 1
    first = _year(values.get("yyyy") or values["yy"], label)
    last = _year(values.get("yyyy_end") or values.get("yy_end") or str(first), label)
    usable_until = None
    if "years_ahead" in values:
        # The label says only the year: units can be converted to the end of it.
        usable_until = date(first + values["years_ahead"], 12, 31)
    return date(first, month, 1), date(last + 1, month, 1), usable_until


def _year(digits, label):
    """A year of two or four digits. Two digits are of this century: no scheme is older."""
    year = int(digits) if len(digits) == 4 else 2000 + int(digits)
    if not 1990 <= year <= 2200:
        raise _date_unknown(digits, label)
    return year


def _day(text, label):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _date_unknown(text, label) from None
    _year(str(day.year), label)
    return day


def _date_unknown(text, label):
    return Broken(
        "VINTAGE_DATE_UNKNOWN",
        gettext_noop("“%(text)s” in the vintage “%(label)s” is not a date of this calendar."),
        gettext_noop("Use a day or year between 1990 and 2200."),
        text=text,
        label=label,
    )
