"""Raw SQL against what the database holds of methodologies, projects and their credits.

Each attacks a project with an issuance, a settled reversal and a replacement.
"""

from datetime import date

from tests.mrv.attack import copied, execute, register

ATTACKS = {}
attack = register(ATTACKS)
TABLES = (
    *("projecttype", "methodology", "methodologyversion", "offsetproject", "monitoringreport"),
    *("projectopinion", "issuancerequest", "creditloss", "replacement"),
)
# A project, a report and a loss as they begin.
PROJECT = {"code": "'X-1'", "state": "'proposed'", "decided_by_id": "NULL", "decided_at": "NULL"}
REPORT = {
    "state": "'submitted'",
    "period_from": "'2027-01-01'",
    "period_to": "'2028-01-01'",
}
LOSS = {
    "state": "'stated'",
    "cancelled": "0",
    "transaction_id": "NULL",
    "decided_by_id": "NULL",
    "decided_at": "NULL",
    "units": "1",
}
ANOTHER = "(SELECT max(id) FROM registry_transaction)"


def prepared(project):
    """The cast of the project, after all that is attacked."""
    from mrv.services.replace_credits import replace_credits

    project.credited()
    loss = project.settle(project.reversal(200))
    replace_credits(
        actor=project.holder,
        number=loss.pk,
        account=project.account,
        units=5,
        key="replacement",
        at=project.world.at,
    )
    return project


def forbidden(table):
    return lambda project: execute(f"DELETE FROM mrv_{table}")


for name in TABLES:
    ATTACKS[f"mrv_{name}_is_append_only"] = forbidden(name)


def updating(table, **values):
    said = ", ".join(f"{column} = {value}" for column, value in values.items())
    return lambda project: execute(f"UPDATE mrv_{table} SET {said}")


def copying(table, begun=None, **values):
    return lambda project: copied(f"mrv_{table}", **{**(begun or {}), **values})


ATTACKS |= {
    "project_type_code_is_a_word": copying("projecttype", code="'Two words'"),
    "project_type_keeps_its_code": updating("projecttype", code="'other'"),
    "methodology_code_can_be_printed": copying("methodology", code="'a b'"),
    "methodology_keeps_its_scheme": updating(
        "methodology", scheme_id="(SELECT min(id) FROM registry_scheme)"
    ),
    "methodology_version_is_numbered_once": copying(
        "methodologyversion", valid_from="'2040-01-01'"
    ),
    "methodology_version_begins_alone": copying("methodologyversion", number="9"),
    "offset_project_code_can_be_printed": copying("offsetproject", PROJECT, code="'x 1'"),
    "offset_project_earns_for_a_time": copying(
        "offsetproject", PROJECT, crediting_to="'2001-01-01'"
    ),
    "offset_project_is_decided_by_someone": copying("offsetproject", PROJECT, decided_at="now()"),
    "offset_project_is_decided_by_another": updating(
        "offsetproject", state="'closed'", decided_by_id="proposed_by_id"
    ),
    "offset_project_begins_by_its_methodology": copying(
        "offsetproject", PROJECT, unit_type_id="(SELECT min(id) FROM registry_unittype)"
    ),
    "offset_project_keeps_what_was_proposed": updating("offsetproject", name="'Another'"),
    "offset_project_follows_its_states": updating("offsetproject", state="'validated'"),
    "monitoring_report_is_of_a_period": copying(
        "monitoringreport", REPORT, period_to="'2026-06-01'"
    ),
    "monitoring_report_earns_or_earns_nothing": copying("monitoringreport", REPORT, tonnes="-1"),
    "monitoring_report_has_days_of_its_own": copying("monitoringreport", state="'submitted'"),
    "monitoring_report_is_of_a_project_that_earns": copying(
        "monitoringreport", REPORT, period_to="'2060-01-01'"
    ),
    "monitoring_report_is_verified_by_an_opinion": updating("monitoringreport", tonnes="5"),
    "project_opinion_is_of_an_accredited_verifier": copying("projectopinion", at="'2040-01-01'"),
    "project_opinion_is_of_what_waits": copying("projectopinion"),
    "issuance_request_credits_a_period_once": copying("issuancerequest", transaction_id=ANOTHER),
    "issuance_request_divides_its_units": copying("issuancerequest", to_buffer="units + 1"),
    "issuance_request_is_of_a_verified_report": copying("issuancerequest", units="1"),
    "issuance_request_is_dropped_when_nothing_is_issued": updating(
        "issuancerequest", state="'dropped'"
    ),
    "credit_loss_is_found_or_decided": copying("creditloss", LOSS, verifier_id="NULL"),
    "credit_loss_cancels_no_more_than_is_lost": copying("creditloss", LOSS, units="0"),
    "credit_loss_is_decided_by_another": copying("creditloss", LOSS, decided_at="now()"),
    "credit_loss_cancels_by_its_transaction": copying("creditloss", LOSS, cancelled="1"),
    "credit_loss_is_of_units_that_were_issued": copying("creditloss", LOSS, units="1000"),
    "credit_loss_is_found_by_an_accredited_verifier": copying(
        "creditloss", LOSS, stated_at="'2040-01-01'"
    ),
    "credit_loss_is_settled_once": updating("creditloss", cancelled="1"),
    "replacement_is_of_what_is_owed": copying("replacement", units="1000"),
    "replacement_is_of_some_units": copying("replacement", units="0"),
}


@attack("project_opinion_validates_once")
def validated_twice(project):
    project.propose(code="FOREST-2", crediting_from=date(2025, 1, 1))
    new = "(SELECT id FROM mrv_offsetproject WHERE code = 'FOREST-2')"
    copied("mrv_projectopinion", project_id=new)
    copied("mrv_projectopinion", project_id=new)
