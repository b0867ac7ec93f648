"""The values that a project or a monitoring report gives for its methodology. Pure."""

from fractions import Fraction

from mrv.quantities import QuantityError, number, written

from .findings import Finding


def read(parameters, given: dict) -> tuple[dict[str, Fraction], list[Finding]]:
    """The value of each parameter as an exact number, and all that is wrong with what is given."""
    asked = {each.name: each for each in parameters}
    findings = [
        Finding("PARAMETER_NOT_ASKED", f"/{str(name)[:60]}", {})
        for name in sorted(given.keys() - asked.keys())
    ]
    values = {}
    for name, parameter in asked.items():
        where = f"/{name}"
        if name not in given:
            findings.append(Finding("PARAMETER_MISSING", where, {"unit": parameter.unit}))
            continue
        try:
            values[name] = number(given[name])
        except QuantityError as error:
            findings.append(Finding(error.code, where, error.data))
            continue
        if not _is_plausible(values[name], parameter):
            data = {
                "unit": parameter.unit,
                "least": "" if parameter.least is None else written(parameter.least),
                "most": "" if parameter.most is None else written(parameter.most),
            }
            findings.append(Finding("PARAMETER_IMPLAUSIBLE", where, data))
    return values, findings


def _is_plausible(value, parameter):
    above = parameter.least is None or parameter.least <= value
    return above and (parameter.most is None or value <= parameter.most)
