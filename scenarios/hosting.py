"""Whose registries a node keeps, where several nodes share the markets of the reference data."""

from .broken import Broken, gettext_noop


def hosted_places(reference, hosts) -> set[str]:
    """The hosts and what lies in them; without hosts, all that is of a Party.

    Raises: Broken (HOST_UNKNOWN).
    """
    jurisdictions = reference.by_code("jurisdictions")
    own = {code for code, row in jurisdictions.items() if row["level"] != "external"}
    unknown = [code for code in hosts if code not in own]
    if unknown:
        raise Broken(
            "HOST_UNKNOWN",
            gettext_noop("%(code)s is no jurisdiction whose registries a node can keep."),
            gettext_noop("Choose from: %(codes)s."),
            code=unknown[0],
            codes=", ".join(sorted(own)),
        )
    return {code for code in own if not hosts or {*_upwards(jurisdictions, code)} & {*hosts}}


def _upwards(jurisdictions, code):
    """A jurisdiction, what it lies in, and so on."""
    while code:
        yield code
        code = jurisdictions[code]["parent"]
