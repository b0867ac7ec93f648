"""A power station's monitoring plan and its values of a year, as services take them."""

from dataclasses import replace
from datetime import UTC, datetime

from mrv.services.determine import determine
from mrv.services.load_library import load_library
from mrv.services.plans import NewStream, decide_plan, submit_plan
from mrv.services.reports import NewValue, draft_report, give_values, submit_report
from mrv.services.verify_report import NewVerification, verify_report

YEAR = 2025
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REPORTED = {"kind": "reported"}


def factor(code, key):
    return {"kind": "factor", "set": code, "key": key}


COAL = NewStream(
    "S1",
    "coal",
    "Coal of boiler 1",
    {
        "activity": REPORTED,
        "ncv": REPORTED,
        "carbon": factor("cn-power", "coal"),
        "oxidation": factor("cn-power", "coal"),
    },
    tier="3",
    uncertainty={"activity": "1.5", "ncv": "2"},
)
POWER = NewStream(
    "S2",
    "purchased_power",
    "Electricity from the grid",
    {"activity": REPORTED, "factor": {"kind": "default", "value": "0.4567", "unit": "tCO2/MWh"}},
    tier="2",
    uncertainty={"activity": "2", "factor": "5"},
)
STREAMS = (COAL, POWER)
# 1,000 tonnes of coal in each month, of 20 GJ a tonne, but of 22.5 in January; 1,000 MWh.
VALUES = (
    *(NewValue("S1", "activity", month, "1000", "t", "W-1") for month in range(1, 13)),
    *(NewValue("S1", "ncv", month, "20", "GJ/t") for month in range(2, 13)),
    NewValue("S1", "ncv", 1, "22.5", "GJ/t"),
    NewValue("S2", "activity", 0, "1000", "MWh"),
)
# 1,000 t × (11 × 20 + 22.5) GJ/t × 0.03085 tC/GJ × 0.99 × 44/12 = 27,156.3… tCO2, and 456.7.
TOTAL = 27_613


def planned(cast, *, streams=STREAMS, from_year=YEAR, gwp_set="gwp-ar5", at=AT):
    """A plan that was submitted by the operator."""
    load_library(actor=cast.world.administrator_1, at=at)
    return submit_plan(
        actor=cast.representative,
        installation=cast.installation,
        from_year=from_year,
        gwp_set=gwp_set,
        streams=streams,
        at=at,
    )


def approved(cast, **said):
    """A plan that the regulator has approved."""
    return decide_plan(actor=cast.regulator, plan=planned(cast, **said), approved=True, at=AT)


def drafted(cast, *, values=VALUES, year=YEAR):
    """A draft with values, by the plan that is approved."""
    version = draft_report(
        actor=cast.representative, installation=cast.installation, year=year, at=AT
    )
    give_values(actor=cast.representative, version=version, values=values)
    return version


def submitted(cast, **said):
    return submit_report(actor=cast.representative, version=drafted(cast, **said), at=AT)


def opinion(cast, **changes):
    said = NewVerification(cast.verifier, "satisfactory", "reasonable", "5")
    return replace(said, **changes)


def verified(cast, version, **changes):
    verify_report(actor=cast.member, version=version, said=opinion(cast, **changes), at=AT)
    return version


def determined(cast):
    """A whole year, from the plan to the determination."""
    from registry.services.signing_keys import ensure_keys

    ensure_keys(at=AT)
    approved(cast)
    return determine(actor=cast.regulator, version=verified(cast, submitted(cast)), at=AT)
