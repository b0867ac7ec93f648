"""Emission reports: values in, figures out that explain themselves, and a chain of decisions."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from mrv.emissions.derivation import leaves, recomputed
from mrv.models import ActivityValue, Determination
from mrv.quantities import number
from mrv.selectors import reports
from mrv.selectors.bases import of_reports
from mrv.services.determine import close_year, determine, estimate, send_back
from mrv.services.plans import decide_plan
from mrv.services.reports import NewValue, draft_report, examine, give_values, submit_report
from mrv.services.verifiers import suspend_accreditation
from mrv.services.verify_report import NewFinding, verify_report
from registry import canonical
from registry.errors import DomainError, InvalidInput, NotPermitted
from registry.models import LoggedDocument
from registry.services.signing_keys import ensure_keys
from tests.mrv.reporting import (
    AT,
    STREAMS,
    TOTAL,
    VALUES,
    YEAR,
    approved,
    determined,
    drafted,
    opinion,
    planned,
    submitted,
    verified,
)
from tests.people import person

LATER = datetime(2027, 3, 2, 9, tzinfo=UTC)


def codes(call, **said):
    with pytest.raises(DomainError) as caught:
        call(**said)
    return caught.value.codes


def test_from_values_to_a_determination(cast, keys_dir):
    """Each figure is computed anew from what it says of itself, down to the values reported; the
    determination is signed, its digest is for the log, and it is the entity's emissions."""
    made = determined(cast)
    version = made.version
    version.refresh_from_db()
    assert (made.total_t, version.total_t, version.state) == (TOTAL, TOTAL, "determined")
    figures = {each.stream.code: each for each in version.figures.all()}
    for figure in figures.values():
        assert recomputed(figure.derivation) == number(figure.co2e)
    coal = figures["S1"]
    assert number(coal.tonnes) == Fraction("242.5") * 1000 * Fraction("0.03085") * 99 / 100 * 11 / 3
    kinds = [leaf["origin"]["kind"] for leaf in leaves(coal.derivation)]
    assert (kinds.count("reported"), kinds.count("factor")) == (24, 25)
    assert coal.uncertainty_pct == "2.5"
    total = {each["name"]: each["value"] for each in version.derivation["inputs"]}
    assert total == {code: figure.co2e for code, figure in figures.items()}
    assert version.derivation["result"] == str(TOTAL)
    document = canonical.read_object(made.canonical.encode(), at_most=10**6)
    assert canonical.digest(document) == bytes(made.digest)
    assert document["report"] == bytes(version.digest).hex()
    logged = LoggedDocument.objects.values_list("kind", "subject")
    assert {
        ("emission_report", f"KR-POWER-1 {YEAR} 1"),
        ("determination", f"KR-POWER-1 {YEAR} 1"),
    } <= set(logged)
    assert of_reports(cast.operator.holder_id, "emissions", str(YEAR)) == TOTAL
    assert of_reports(cast.operator.holder_id, "emissions", str(YEAR - 1)) is None
    assert of_reports("KR", "emissions", str(YEAR)) is None


def test_faulty_values_are_told_row_by_row(cast):
    """All of them, by their lines; nothing is kept of an upload with a fault."""
    approved(cast)
    version = drafted(cast, values=())
    wrong = {
        NewValue("S9", "activity", 1, "1", "t"): "UNKNOWN_STREAM",
        NewValue("S1", "colour", 1, "1", "t"): "UNKNOWN_PARAMETER_OF_STREAM",
        NewValue("S1", "carbon", 1, "0.03", "tC/GJ"): "NOT_REPORTED",
        NewValue("S1", "activity", 13, "1", "t"): "MONTH_NOT_POSSIBLE",
        NewValue("S1", "activity", 1, "1,000", "t"): "NUMBER_NOT_EXACT",
        NewValue("S1", "activity", 2, "-5", "t"): "VALUE_IMPLAUSIBLE",
        NewValue("S1", "activity", 3, "1", "barrel"): "UNKNOWN_UNIT",
        NewValue("S1", "activity", 4, "1", "GJ"): "UNIT_OF_ANOTHER_DIMENSION",
        NewValue("S1", "ncv", 1, "22500", "GJ/t"): "UNIT_LIKELY_WRONG",
        NewValue("S1", "ncv", 2, "22500", "MJ/t"): None,
        NewValue("S1", "ncv", 3, "99", "MJ/kg"): "VALUE_IMPLAUSIBLE",
        NewValue("S1", "activity", 5, "1", "t", "e" * 301): "EVIDENCE_TOO_LONG",
    }
    with pytest.raises(InvalidInput) as caught:
        give_values(actor=cast.representative, version=version, values=[*wrong, *VALUES[-1:] * 2])
    found = [(failure.line, failure.code) for failure in caught.value.failures]
    expected = [(line, code) for line, code in enumerate(wrong.values(), 1) if code]
    assert found == [*expected, (len(wrong) + 2, "VALUE_TWICE")]
    likely = next(f for f in caught.value.failures if f.code == "UNIT_LIKELY_WRONG")
    assert likely.data["likely"] == "MJ/t"
    assert not ActivityValue.objects.exists()


def test_a_report_is_complete_before_it_is_submitted(cast):
    """A month that lacks, a year beside months, and a value that was replaced."""
    approved(cast)
    version = drafted(cast, values=[v for v in VALUES if (v.parameter, v.month) != ("ncv", 7)])
    said = {"actor": cast.representative, "version": version}
    assert codes(submit_report, at=AT, **said) == ["VALUE_MISSING"]
    give_values(values=[NewValue("S1", "ncv", 0, "20", "GJ/t")], **said)
    assert codes(submit_report, at=AT, **said) == ["VALUE_OF_YEAR_AND_MONTHS"]
    assert examine(version).emissions is None
    give_values(values=[NewValue("S1", "activity", 1, "2000", "t")], **said)
    values = version.values.filter(parameter="activity", month=1)
    assert [each.value for each in values] == ["2000"]


def test_a_yearly_activity_is_not_counted_in_each_month(cast):
    """What adds up is given for the months where anything else is."""
    approved(cast)
    values = [
        NewValue("S1", "activity", 0, "12000", "t"),
        *(each for each in VALUES if each.parameter == "ncv"),
        VALUES[-1],
    ]
    version = drafted(cast, values=values)
    (found,) = examine(version).errors
    assert (found.code, found.data["parameter"]) == ("VALUE_MISSING", "activity")


def test_reports_wait_for_their_time(cast):
    """One at a time, by an approved plan, after the year and before it is closed."""
    said = {"actor": cast.representative, "installation": cast.installation, "at": AT}
    planned(cast)
    assert codes(draft_report, year=YEAR, **said) == ["NO_APPROVED_PLAN"]
    plan = cast.installation.plans.get()
    decide_plan(actor=cast.regulator, plan=plan, approved=True, at=AT)
    version = drafted(cast, year=AT.year)
    asked = {"actor": cast.representative, "version": version}
    assert codes(submit_report, at=AT, **asked) == ["YEAR_NOT_OVER"]
    assert codes(draft_report, year=AT.year, **said) == ["REPORT_EXISTS"]
    closing = {"registry_id": cast.world.home.pk, "year": AT.year}
    assert codes(close_year, actor=cast.regulator, at=AT, **closing) == ["YEAR_NOT_OVER"]
    assert codes(close_year, actor=cast.representative, at=LATER, **closing) == ["NOT_PERMITTED"]
    close_year(actor=cast.regulator, at=LATER, **closing)
    assert codes(close_year, actor=cast.regulator, at=LATER, **closing) == ["YEAR_CLOSED"]
    assert codes(submit_report, at=LATER, **asked) == ["YEAR_CLOSED"]
    assert codes(draft_report, year=AT.year, **said) == ["YEAR_CLOSED"]


def test_verifiers_are_able_and_independent(cast):
    """A member of an accredited body, on a day on which nothing forbids it."""
    approved(cast)
    draft = drafted(cast)
    asked = {"version": draft, "said": opinion(cast), "at": AT}
    assert codes(verify_report, actor=cast.member, **asked) == ["REPORT_NOT_SUBMITTED"]
    version = submit_report(actor=cast.representative, version=draft, at=AT)
    asked["version"] = version
    for actor in (cast.representative, cast.regulator, cast.world.administrator_1):
        assert codes(verify_report, actor=actor, **asked) == ["NOT_A_MEMBER"]
    wrong = {**asked, "said": opinion(cast, opinion="splendid")}
    assert codes(verify_report, actor=cast.member, **wrong) == ["NOT_AN_OPINION"]
    wrong = {**asked, "said": opinion(cast, materiality_pct="some")}
    assert codes(verify_report, actor=cast.member, **wrong) == ["NUMBER_NOT_EXACT"]
    suspend_accreditation(
        actor=cast.world.administrator_1,
        accreditation=cast.accreditation,
        suspended_on=date(2026, 1, 1),
        reason="lapsed",
    )
    assert codes(verify_report, actor=cast.member, **asked) == ["ACCREDITATION_SUSPENDED"]


def test_material_findings_and_a_satisfactory_opinion_exclude_each_other(cast):
    """Five per cent together, of either sign; what was corrected does not count."""
    approved(cast)
    version = submitted(cast)
    half = NewFinding("scales", TOTAL * 3 // 100)
    other = replace(half, tonnes=-half.tonnes)
    asked = {"actor": cast.member, "version": version, "at": AT}
    said = opinion(cast, findings=(half, other))
    assert codes(verify_report, said=said, **asked) == ["MATERIAL_FINDINGS"]
    said = opinion(cast, opinion="not_satisfactory")
    assert codes(verify_report, said=said, **asked) == ["REASON_NEEDED"]
    verify_report(said=opinion(cast, findings=(half, replace(other, corrected=True))), **asked)
    assert version.state == "verified"


def test_a_returned_report_is_reported_anew(cast, keys_dir):
    """With the values that it had; the correction of a determined one supersedes it."""
    ensure_keys(at=AT)
    approved(cast)
    finding = NewFinding("The belt scale was not calibrated.", 3000)
    first = submitted(cast)
    verified(cast, first, opinion="not_satisfactory", findings=(finding,))
    assert (first.state, first.return_reason) == ("returned", finding.text)
    said = {"actor": cast.representative, "installation": cast.installation, "at": AT}
    second = draft_report(year=YEAR, **said)
    assert (second.number, second.values.count()) == (2, len(VALUES))
    submit_report(actor=cast.representative, version=second, at=AT)
    verified(cast, second)
    asked = {"actor": cast.regulator, "version": second, "at": AT}
    assert codes(send_back, reason="", **asked) == ["REASON_NEEDED"]
    assert send_back(reason="The plan asks for more.", **asked).state == "returned"
    assert codes(determine, **asked) == ["REPORT_NOT_VERIFIED"]
    for number_ in (3, 4):
        version = draft_report(year=YEAR, **said)
        if number_ == 4:
            more = [NewValue("S2", "activity", 0, "2000", "MWh")]
            give_values(actor=cast.representative, version=version, values=more)
        submit_report(actor=cast.representative, version=version, at=AT)
        made = determine(actor=cast.regulator, version=verified(cast, version), at=AT)
    states = version.report.versions.order_by("number").values_list("state", flat=True)
    assert list(states) == ["returned", "returned", "superseded", "determined"]
    assert (made.number, made.total_t) == (2, 28_070)
    assert reports.determined(cast.installation, YEAR) == made


def test_nobody_determines_what_they_reported_or_verified(cast):
    """Nor what was not verified, nor without being the regulator."""
    approved(cast)
    version = submitted(cast)
    asked = {"version": version, "at": AT}
    assert codes(determine, actor=cast.regulator, **asked) == ["REPORT_NOT_VERIFIED"]
    verified(cast, version)
    for actor in (cast.representative, cast.member, cast.world.administrator_1):
        assert codes(determine, actor=actor, **asked) == ["NOT_PERMITTED"]
    regulator = replace(cast.regulator, person_id=cast.member.person_id)
    assert codes(determine, actor=regulator, **asked) == ["OWN_REPORT"]


def test_a_missing_report_is_estimated_conservatively(cast, keys_dir):
    """The highest of the years before, raised and rounded up; not where there is a report."""
    determined(cast)
    said = {"actor": cast.regulator, "installation": cast.installation, "reason": "No report."}
    late = {**said, "year": YEAR + 1, "at": LATER}
    assert codes(estimate, uplift_pct="-1", **late) == ["UPLIFT_NEGATIVE"]
    assert codes(estimate, uplift_pct="x", **late) == ["NUMBER_NOT_EXACT"]
    assert codes(estimate, uplift_pct="10", **{**late, "at": AT}) == ["YEAR_NOT_OVER"]
    assert codes(estimate, uplift_pct="10", **{**late, "year": YEAR}) == ["REPORT_EXISTS"]
    assert codes(estimate, uplift_pct="10", **{**late, "reason": ""}) == ["REASON_NEEDED"]
    wanted = {**late, "year": YEAR - 1}
    assert codes(estimate, uplift_pct="10", **wanted) == ["NOTHING_TO_ESTIMATE_FROM"]
    made = estimate(uplift_pct="10", **late)
    assert (made.kind, made.total_t) == ("estimate", 30_375)
    assert recomputed(made.derivation) == made.total_t
    assert Determination.objects.count() == 2
    assert codes(estimate, actor=cast.member, uplift_pct="0", **{
        name: each for name, each in late.items() if name != "actor"
    }) == ["NOT_PERMITTED"]  # fmt: skip


def test_reports_are_seen_by_those_whom_they_concern(cast):
    """The operator, the registry, and verifiers that are accredited for what waits for them."""
    approved(cast)
    draft = drafted(cast)
    seen = {
        "operator": cast.representative,
        "regulator": cast.regulator,
        "auditor": cast.world.auditor,
    }
    for actor in seen.values():
        assert reports.version(actor, draft.pk) == draft
    stranger = person(cast.world, "nobody")
    for actor in (cast.member, stranger):
        assert codes(reports.version, actor=actor, number=draft.pk) == ["UNKNOWN_REPORT"]
    submit_report(actor=cast.representative, version=draft, at=AT)
    assert reports.version(cast.member, draft.pk) == draft
    assert codes(reports.version, actor=stranger, number=draft.pk) == ["UNKNOWN_REPORT"]


def test_a_jump_is_a_warning(cast, keys_dir):
    """It keeps nobody from submitting, and goes with the report to the verifier."""
    determined(cast)
    values = [replace(each, value="2000") if each.parameter == "activity" else each
              for each in VALUES]  # fmt: skip
    version = drafted(cast, values=values, year=YEAR + 1)
    submit_report(actor=cast.representative, version=version, at=LATER)
    assert [(each["code"], each["stream"]) for each in version.warnings] == [
        ("FIGURE_JUMPS", "S1"),
        ("FIGURE_JUMPS", "S2"),
    ]


def test_suspended_representatives_report_nothing(cast):
    """Nor those who only read; the right is asked of any one account of the holder."""
    from tests.people import represents

    approved(cast)
    said = {"installation": cast.installation, "year": YEAR, "at": AT}
    reader = represents(cast.world, "reader", cast.world.at_home.operator_a, "read")
    assert codes(draft_report, actor=reader, **said) == ["REPRESENTATIVE_RIGHT_MISSING"]
    with pytest.raises(NotPermitted):
        draft_report(actor=None, **said)
    assert len(STREAMS) == cast.installation.plans.get().stream_count
