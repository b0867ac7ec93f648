"""From a proposal to verified reports: who does what, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mrv.selectors import project_records, projects
from mrv.services.propose_project import close_project, refuse_project, register_project
from mrv.services.publish_methodology import Published, publish_methodology
from mrv.services.verifiers import declare_conflict
from mrv.services.verify_project import validate_project, verify_report
from registry import canonical
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolated
from registry.models import LoggedDocument
from tests.mrv.projects.cast import EARNED, YEAR
from tests.mrv.projects.documents import FOREST
from tests.mrv.projects.refusing import refused


def test_project_is_proposed_validated_and_registered(project):
    """It keeps the version of its methodology, and earns for the years that this says."""
    found = project.registered()
    assert (found.state, found.version.number) == ("registered", 1)
    assert (found.crediting_from, found.crediting_to) == (date(2025, 1, 1), date(2045, 1, 1))
    world = project.world
    assert [each.code for each in projects.visible(world.auditor)] == ["FOREST-1"]
    assert [each.code for each in projects.visible(project.holder)] == ["FOREST-1"]
    assert [each.code for each in projects.visible(project.member)] == ["FOREST-1"]


def test_everything_that_does_not_fit_is_told_at_once(project):
    """A unit type of another registry, a type that is not covered, a day before any version."""
    from mrv.services.publish_methodology import add_project_type

    world = project.world
    solar = add_project_type(actor=world.administrator_1, code="solar", names={"name_en": "Solar"})
    with refused(RuleViolated, "PROJECT_TYPE_NOT_COVERED", "UNIT_TYPE_NOT_CREDITED"):
        project.propose(project_type=solar, unit_type=world.kcu)
    with refused(RuleViolated, "PARAMETER_NOT_ASKED", "PARAMETER_MISSING"):
        project.propose(values={"acres": "5"})
    with refused(RuleViolated, "PARAMETER_IMPLAUSIBLE"):
        project.propose(values={"hectares": "0.5"})
    with refused(RuleViolated, "NUMBER_NOT_EXACT"):
        project.propose(values={"hectares": "1e3"})
    project.propose()
    with refused(Conflict, "CODE_TAKEN"):
        project.propose()


def test_methodology_of_another_scheme_is_refused(project):
    """And one that is not in force yet."""
    from registry.models import Account

    world = project.world
    elsewhere = Account.objects.select_related("registry").get(pk=world.at_home.operator_a)
    project.holder = world.administrator_1
    with refused(RuleViolated, "METHODOLOGY_OF_ANOTHER_SCHEME"):
        project.propose(account=elsewhere, unit_type=world.kcu)
    said = Published("LATER", world.offsets.scheme, FOREST, date(2030, 1, 1))
    later = publish_methodology(actor=world.administrator_1, said=said, at=world.at)
    with refused(RuleViolated, "METHODOLOGY_NOT_IN_FORCE"):
        project.propose(methodology=later.methodology)


def test_methodology_has_versions(project):
    """The same text again is the version that exists; another one begins later."""
    world = project.world
    one, scheme = world.administrator_1, world.offsets.scheme
    said = Published("FOREST", scheme, FOREST, date(2025, 1, 1))
    assert publish_methodology(actor=one, said=said, at=world.at).number == 1
    changed = {**FOREST, "buffer_share": "0.2"}
    with refused(Conflict, "METHODOLOGY_VERSION_EXISTS"):
        publish_methodology(actor=one, said=replace(said, document=changed), at=world.at)
    later = replace(said, document=changed, valid_from=date(2027, 1, 1))
    assert publish_methodology(actor=one, said=later, at=world.at).number == 2
    assert project.propose().version.number == 1
    unknown = replace(later, document={**FOREST, "project_types": ["solar"]})
    with refused(NotFound, "UNKNOWN_PROJECT_TYPE"):
        publish_methodology(actor=one, said=unknown, at=world.at)
    broken = replace(later, document={**FOREST, "buffer_share": "2", "sector": 5})
    with refused(RuleViolated, "METHODOLOGY_FIELD_WRONG", "METHODOLOGY_FIELD_WRONG"):
        publish_methodology(actor=one, said=broken, at=world.at)
    with refused(NotPermitted, "NOT_PERMITTED"):
        publish_methodology(actor=project.holder, said=later, at=world.at)


def test_negative_opinion_refuses_the_project(project):
    """It can not be registered any more."""
    project.propose()
    assert project.validate(positive=False).state == "refused"
    with refused(Conflict, "PROJECT_IN_ANOTHER_STATE"):
        register_project(actor=project.world.administrator_2, code="FOREST-1", at=project.world.at)


def test_steps_come_in_order(project):
    """Nothing is registered before it is validated, nor reported before it is registered."""
    world = project.world
    project.propose()
    by = {"actor": world.administrator_2, "code": "FOREST-1", "at": world.at}
    for early in (
        lambda: register_project(**by),
        project.report,
        lambda: close_project(**by, reason="Sold."),
    ):
        with refused(Conflict, "PROJECT_IN_ANOTHER_STATE"):
            early()
    project.validate()
    with refused(Conflict, "PROJECT_IN_ANOTHER_STATE"):
        project.validate()
    assert refuse_project(**by, reason="On another's land.").state == "refused"


def test_nobody_decides_on_their_own_project(project):
    """An administrator who proposes one leaves the decision to another."""
    world = project.world
    project.holder = world.administrator_2
    with refused(NotPermitted, "OWN_PROJECT"):
        project.registered()


def test_verifier_is_accredited_independent_and_acted_for_by_its_members(project):
    """All that forbids it is told."""
    world = project.world
    project.propose()
    said = {"code": "FOREST-1", "said": project.opinion()}
    with refused(NotPermitted, "NOT_A_MEMBER"):
        validate_project(actor=world.administrator_1, at=world.at, **said)
    later = world.at + timedelta(days=3650)
    with refused(RuleViolated, "NOT_ACCREDITED"):
        validate_project(actor=project.member, at=later, **said)
    declare_conflict(
        actor=project.member,
        verifier=project.verifier,
        holder=project.account.holder,
        kind="consultancy",
        valid_from=date(2025, 1, 1),
    )
    with refused(RuleViolated, "CONFLICT_OF_INTEREST"):
        validate_project(actor=project.member, at=world.at, **said)


def test_verifier_of_other_types_is_out_of_scope(project):
    """Its accreditation is for forests, and the project is none."""
    from mrv.services.publish_methodology import add_project_type

    world = project.world
    solar = add_project_type(actor=world.administrator_1, code="solar", names={"name_en": "Solar"})
    document = {**FOREST, "project_types": ["solar"]}
    said = Published("SUN", world.offsets.scheme, document, date(2025, 1, 1))
    version = publish_methodology(actor=world.administrator_1, said=said, at=world.at)
    project.propose(project_type=solar, methodology=version.methodology)
    with refused(RuleViolated, "OUT_OF_SCOPE"):
        project.validate()


def test_report_says_what_the_period_earned(project):
    """By the version of the project, from what was monitored; verified, it stays so."""
    project.registered()
    report = project.report()
    assert (report.tonnes, report.state) == (EARNED, "submitted")
    assert report.derivation["inputs"][0]["of"]["formula"] == "removal - spent"
    assert project.verify(report).state == "verified"
    (logged,) = LoggedDocument.objects.filter(kind="monitoring_report")
    told = project_records.verification(report)
    assert (logged.subject, told["tonnes"]) == (f"FOREST-1-{report.pk}", str(EARNED))
    assert bytes(logged.digest) == canonical.digest(told)
    assert LoggedDocument.objects.filter(kind="project", subject="FOREST-1").exists()
    with refused(Conflict, "REPORT_IN_ANOTHER_STATE"):
        project.verify(report)


@pytest.mark.parametrize(
    ("first", "end", "codes"),
    [
        ("2025-06-01", "2025-06-01", ["PERIOD_NOT_AN_INTERVAL"]),
        ("2026-01-01", "2026-12-31", ["PERIOD_NOT_OVER"]),
        ("2024-12-31", "2025-01-02", ["PERIOD_OUTSIDE_CREDITING", "PERIOD_OVERLAPS"]),
        ("2025-12-31", "2026-01-01", ["PERIOD_OVERLAPS"]),
    ],
    ids=["empty", "future", "before", "overlapping"],
)
def test_wrong_periods_are_refused(project, first, end, codes):
    """Each day is reported once, when it is over, and while the project earns."""
    project.registered()
    project.report()
    with refused(RuleViolated, *codes):
        project.report(period=(date.fromisoformat(first), date.fromisoformat(end)))


def test_returned_report_frees_its_days(project):
    """What the verifier does not agree with is reported anew."""
    project.registered()
    returned = project.verify(project.report(), positive=False)
    assert returned.state == "returned"
    again = project.report(carbon_after="1300")
    assert (again.period_from, again.tonnes) == (YEAR[0], 1081)


def test_closed_project_reports_nothing(project):
    """Another person than its proponent closes it, for a reason."""
    project.registered()
    world = project.world
    by = {"actor": world.administrator_1, "code": "FOREST-1", "at": world.at}
    with refused(InvalidInput, "REASON_NEEDED"):
        close_project(**by, reason=" ")
    assert close_project(**by, reason="Sold.").state == "closed"
    with refused(Conflict, "PROJECT_IN_ANOTHER_STATE"):
        project.report()


def test_strangers_see_nothing(project):
    """Nor do they report, or verify."""
    from tests.people import person

    project.registered()
    report = project.report()
    stranger = person(project.world, "stranger")
    project.holder = stranger
    with refused(NotFound, "UNKNOWN_PROJECT"):
        project.report()
    with refused(NotFound, "UNKNOWN_MONITORING_REPORT"):
        verify_report(actor=stranger, number=report.pk, said=project.opinion(), at=project.world.at)
