"""What is asked of the installations of a sector, as data: kinds of source streams, the formula of
each, its parameters with plausible ranges, tiers, and checks. A sector is added by a document.

Pure: a document is read whole, and all that is wrong with it is told together.
"""

from dataclasses import dataclass
from fractions import Fraction

from mrv.emissions.formula import bind
from mrv.emissions.rounding import MOST_PLACES, RULES
from mrv.quantities import QuantityError, number, unit

METHODS = ("calculation", "mass_balance", "measurement", "energy", "process")
LANGUAGES = ("en", "zh-hans", "ja", "ko")
ACTIVITY = "activity"
TEMPLATE_FIELDS = {"code", "names", "rounding", "kinds", "balances", "jump_pct"}
KIND_FIELDS = {"names", "method", "formula", "gas", "sign", "parameters", "tiers"}


@dataclass(frozen=True)
class Parameter:
    """What a formula takes, in which unit, and between which bounds it is plausible."""

    unit: str
    low: Fraction
    high: Fraction
    monthly: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of source stream: its figure is `sign` times the formula, in tonnes of `gas`.

    `tiers` are, by number, the greatest uncertainty of the activity in per cent. Of its parameters
    the activity alone adds up over months.
    """

    code: str
    names: dict
    method: str
    formula: str
    gas: str
    sign: int
    parameters: dict[str, Parameter]
    tiers: dict[str, Fraction]

    @property
    def unit(self) -> str:
        return f"t{self.gas}"


@dataclass(frozen=True)
class Balance:
    """In a mass balance no more leaves than enters, in tonnes of the same gas, but for a tolerance
    in per cent of what enters."""

    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    tolerance_pct: Fraction


@dataclass(frozen=True)
class Template:
    """`jump_pct`: by how much a stream's figure may differ from the year before."""

    code: str
    names: dict
    rounding: tuple[str, int]
    kinds: dict[str, Kind]
    balances: tuple[Balance, ...] = ()
    jump_pct: Fraction | None = None


class TemplateError(ValueError):
    """`findings` are (code, where, data)."""

    def __init__(self, findings):
        self.findings = findings
        super().__init__("; ".join(f"{code} {where}" for code, where, _data in findings))


def read(document) -> Template:
    """A template from its document.   Raises: TemplateError with all that is wrong."""
    return _Reading(document).template()


class _Reading:
    def __init__(self, document):
        self.document = document if isinstance(document, dict) else {}
        self.findings = [] if isinstance(document, dict) else [("FIELD_WRONG", "", {})]

    def template(self):
        given = self.document
        self._known(given, TEMPLATE_FIELDS, "")
        kinds = {code: self._kind(code, each) for code, each in self._table(given, "kinds")}
        if not kinds:
            self._wrong("/kinds")
        rule = given.get("rounding") or {"rule": "half_up", "places": 0}
        if (
            not isinstance(rule, dict)
            or rule.get("rule") not in RULES
            or rule.get("places") not in range(MOST_PLACES + 1)
        ):
            self._wrong("/rounding")
            rule = {"rule": "half_up", "places": 0}
        balances = tuple(
            self._balance(each, kinds, f"/balances/{place}")
            for place, each in enumerate(given.get("balances") or ())
        )
        jump = self._number(given["jump_pct"], "/jump_pct") if "jump_pct" in given else None
        code = given.get("code")
        if not isinstance(code, str) or not code.isidentifier() or len(code) > 40:
            self._wrong("/code")
        names = self._names(given, "")
        if self.findings:
            raise TemplateError(self.findings)
        return Template(code, names, (rule["rule"], rule["places"]), kinds, balances, jump)

    def _kind(self, code, given):
        where = f"/kinds/{code}"
        if not isinstance(given, dict):
            return self._wrong(where)
        self._known(given, KIND_FIELDS, where)
        if given.get("method") not in METHODS:
            self._wrong(f"{where}/method")
        if given.get("sign", 1) not in (1, -1):
            self._wrong(f"{where}/sign")
        parameters = {
            name: self._parameter(each, f"{where}/parameters/{name}")
            for name, each in self._table(given, "parameters", where)
        }
        tiers = {
            tier: self._number(percent, f"{where}/tiers/{tier}")
            for tier, percent in self._table(given, "tiers", where, needed=False)
        }
        gas = str(given.get("gas"))
        if ACTIVITY not in parameters:
            self.findings.append(("PARAMETER_WITHOUT_UNIT", f"{where}/parameters/{ACTIVITY}", {}))
        self._bound(given.get("formula"), parameters, f"t{gas}", where)
        return Kind(
            code,
            self._names(given, where),
            given.get("method"),
            given.get("formula"),
            gas,
            given.get("sign", 1),
            parameters,
            tiers,
        )

    def _bound(self, formula, parameters, result, where):
        units = tuple((name, each.unit) for name, each in parameters.items() if each)
        try:
            bound = bind(formula, units, result)
        except QuantityError as error:
            self.findings.append((error.code, f"{where}/formula", error.data))
            return
        for name in parameters.keys() - set(bound.names):
            self.findings.append(("FIELD_UNKNOWN", f"{where}/parameters/{name}", {}))

    def _parameter(self, given, where):
        if not isinstance(given, dict):
            return self._wrong(where)
        self._known(given, {"unit", "low", "high", "monthly"}, where)
        try:
            unit(str(given.get("unit")))
        except QuantityError as error:
            self.findings.append((error.code, f"{where}/unit", error.data))
        low = self._number(given.get("low"), f"{where}/low")
        high = self._number(given.get("high"), f"{where}/high")
        if low is not None and high is not None and low > high:
            self._wrong(f"{where}/high")
        return Parameter(str(given.get("unit")), low, high, given.get("monthly") is True)

    def _balance(self, given, kinds, where):
        if not isinstance(given, dict):
            return self._wrong(where)
        self._known(given, {"entering", "leaving", "tolerance_pct"}, where)
        sides = []
        for side in ("entering", "leaving"):
            named = given.get(side)
            if not named or not isinstance(named, list) or not all(map(kinds.get, map(str, named))):
                self._wrong(f"{where}/{side}")
                named = []
            sides.append(tuple(map(str, named)))
        if len({kinds[code].gas for side in sides for code in side}) > 1:
            self._wrong(where)
        return Balance(*sides, self._number(given.get("tolerance_pct"), f"{where}/tolerance_pct"))

    def _names(self, given, where):
        names = given.get("names")
        if not isinstance(names, dict) or not names.get("en") or set(names) - set(LANGUAGES):
            return self._wrong(f"{where}/names")
        return names

    def _number(self, text, where):
        try:
            return number(text)
        except QuantityError as error:
            self.findings.append((error.code, where, error.data))
        return None

    def _table(self, given, name, where="", *, needed=True):
        found = given.get(name, None if needed else {})
        if not isinstance(found, dict):
            self._wrong(f"{where}/{name}")
            return ()
        return found.items()

    def _known(self, given, fields, where):
        for name in sorted(set(given) - fields):
            self.findings.append(("FIELD_UNKNOWN", f"{where}/{name}", {}))

    def _wrong(self, where):
        self.findings.append(("FIELD_WRONG", where, {}))
