"""Raw SQL against what the database holds of factors, monitoring plans and emission reports."""

from tests.mrv.attack import copied, execute, register
from tests.mrv.reporting import approved, determined, drafted, planned, submitted, verified

ATTACKS = {}
attack = register(ATTACKS)
PLAN, STREAM = "mrv_monitoringplan", "mrv_sourcestream"
VERSION, VALUE, FIGURE = "mrv_reportversion", "mrv_activityvalue", "mrv_figure"
VERIFICATION, DETERMINATION = "mrv_verification", "mrv_determination"
SUBMITTED = {"state": "'submitted'", "decided_by_id": "NULL", "decided_at": "NULL"}
ANYBODY = "(SELECT id FROM registry_person WHERE username = 'administrator_2')"
# A draft beside the first version, whatever that is.
DRAFT = {
    "number": "9",
    "state": "'draft'",
    **dict.fromkeys(("submitted_by_id", "submitted_at", "total_t", "digest"), "NULL"),
}
CLOSE = (
    "INSERT INTO mrv_reportingyear (registry_id, year, closed_by_id, closed_at)"
    " SELECT registry_id, 2025, (SELECT min(id) FROM registry_person), now() FROM mrv_operator"
)
FIGURES = (
    f"INSERT INTO {FIGURE} (version_id, stream_id, gas, tonnes, co2e, uncertainty_pct, derivation)"
    " SELECT v.id, s.id, 'CO2', '1', '1', '', '{}'"
    f" FROM {VERSION} v JOIN {STREAM} s ON s.plan_id = v.plan_id"
)


def reported(cast):
    approved(cast)
    return drafted(cast)


def forbidden(statement, table, prepare):
    def run(cast):
        prepare(cast)
        if table == "reportingyear":
            execute(CLOSE)
        execute(statement.format(f"mrv_{table}"))

    return run


for table, statement in {
    **dict.fromkeys(("factorset", "factor", "sectortemplate"), "UPDATE {} SET id = id"),
    "monitoringplan": "DELETE FROM {}",
    "sourcestream": "UPDATE {} SET name = 'x'",
}.items():
    ATTACKS[f"mrv_{table}_is_append_only"] = forbidden(statement, table, planned)
for table, statement in {
    "reportingyear": "UPDATE {} SET year = 2020",
    "emissionreport": "DELETE FROM {}",
    "reportversion": "DELETE FROM {}",
    "activityvalue": "UPDATE {} SET value = '1'",
    "figure": "DELETE FROM {}",
    "verification": "UPDATE {} SET opinion = 'satisfactory'",
    "determination": "UPDATE {} SET total_t = 1",
}.items():
    ATTACKS[f"mrv_{table}_is_append_only"] = forbidden(statement, table, determined)


def after(prepare, name, table, **values):
    """An attack by a copy of the first row."""

    def run(cast):
        prepare(cast)
        copied(table, **values)

    ATTACKS[name] = run


after(planned, "factor_set_version_is_one", "mrv_factorset")
after(
    planned, "factor_set_is_valid_for_a_time", "mrv_factorset", version="9", valid_to="'1999-1-1'"
)
after(planned, "factor_is_stated_once", "mrv_factor")
after(planned, "sector_template_version_is_one", "mrv_sectortemplate")
after(approved, "monitoring_plan_version_is_one", PLAN, **SUBMITTED)
after(planned, "monitoring_plan_waits_alone", PLAN, number="2")
after(planned, "monitoring_plan_has_a_source_stream", PLAN, number="2", stream_count="0")
after(planned, "monitoring_plan_digest_is_of_its_text", PLAN, number="2", canonical="'x'")
after(approved, "monitoring_plan_begins_submitted", PLAN, number="2")
after(planned, "source_stream_is_of_what_was_submitted", STREAM, code="'S9'")
after(determined, "report_version_begins_as_a_draft", VERSION, number="9")
after(determined, "report_version_number_is_one", VERSION, **{**DRAFT, "number": "1"})
after(reported, "activity_value_is_stated_once", VALUE)
after(reported, "activity_value_is_of_a_month", VALUE, month="13")
after(determined, "report_takes_values_while_it_is_a_draft", VALUE, month="0")
after(determined, "emission_report_is_one_a_year", "mrv_emissionreport")
after(determined, "verification_is_of_what_was_submitted", VERIFICATION)
after(determined, "determination_is_of_what_was_verified", DETERMINATION, number="2")
ESTIMATED = {"kind": "'estimate'", "version_id": "NULL", "reason": "'x'", "number": "2"}
after(determined, "estimate_is_of_what_was_not_reported", DETERMINATION, **ESTIMATED)


def of_another_year(name, **values):
    """An attack by an estimate for a year of which nothing was reported."""

    def run(cast):
        determined(cast)
        execute("INSERT INTO mrv_emissionreport (installation_id, year)"
                " SELECT installation_id, 2030 FROM mrv_emissionreport")  # fmt: skip
        other = "(SELECT id FROM mrv_emissionreport WHERE year = 2030)"
        copied(DETERMINATION, **{**ESTIMATED, "report_id": other, **values})
        if name == "determination_number_is_one":
            copied(DETERMINATION, **{**ESTIMATED, "report_id": other, **values})

    ATTACKS[name] = run


of_another_year("determination_number_is_one")
of_another_year("determination_is_of_a_version_or_an_estimate", reason="''")
of_another_year("determination_is_not_negative", total_t="-1")
of_another_year("determination_digest_is_of_its_text", canonical="'x'")
of_another_year("determination_signature_has_its_length", signature="'x'")


@attack("monitoring_plan_is_approved_one_at_a_time")
def two_plans(cast):
    approved(cast)
    planned(cast, from_year=2026)
    execute(
        f"UPDATE {PLAN} SET state = 'approved', decided_at = now(), decided_by_id = {ANYBODY}"
        " WHERE state = 'submitted'"
    )


@attack("monitoring_plan_is_decided_by_another")
def own_plan(cast):
    planned(cast)
    execute(
        f"UPDATE {PLAN} SET state = 'approved', decided_at = now(), decided_by_id = submitted_by_id"
    )


@attack("source_stream_code_is_one")
def stream_twice(cast):
    planned(cast)
    copied(PLAN, number="2", stream_count="9", state="'submitted'", installation_id=_other(cast))
    newest = f"(SELECT max(id) FROM {PLAN})"
    for _time in range(2):
        copied(STREAM, plan_id=newest)


def _other(cast):
    copied("mrv_installation", code="'KR-POWER-2'")
    return "(SELECT max(id) FROM mrv_installation)"


@attack("monitoring_plan_keeps_what_it_says")
def another_first_year(cast):
    planned(cast)
    execute(f"UPDATE {PLAN} SET from_year = 2020")


@attack("monitoring_plan_states_follow_the_table")
def refused_afterwards(cast):
    approved(cast)
    execute(f"UPDATE {PLAN} SET state = 'refused'")


@attack("monitoring_plan_is_approved_whole")
def approved_in_part(cast):
    planned(cast)
    copied(PLAN, number="2", stream_count="3", installation_id=_other(cast))
    execute(
        f"UPDATE {PLAN} SET state = 'approved', decided_at = now(), decided_by_id = {ANYBODY}"
        " WHERE stream_count = 3"
    )


@attack("reporting_year_is_closed_once")
def closed_twice(cast):
    execute(CLOSE)
    execute(CLOSE)


@attack("report_version_is_of_an_open_year")
def reported_late(cast):
    determined(cast)
    execute(CLOSE)
    copied(VERSION, **DRAFT)


@attack("report_version_follows_an_approved_plan")
def by_no_plan(cast):
    reported(cast)
    copied(PLAN, number="2", **SUBMITTED)
    copied(VERSION, number="9", plan_id=f"(SELECT max(id) FROM {PLAN})")


@attack("report_version_is_worked_on_alone")
def two_drafts(cast):
    reported(cast)
    copied(VERSION, number="9")


@attack("report_version_is_determined_one_at_a_time")
def two_determined(cast):
    determined(cast)
    second = submitted(cast)
    verified(cast, second)
    copied(
        DETERMINATION,
        number="2",
        version_id=str(second.pk),
        total_t=str(second.total_t),
    )
    execute(f"UPDATE {VERSION} SET state = 'determined' WHERE id = %s", second.pk)


@attack("report_version_has_a_total_once_submitted")
def draft_with_a_total(cast):
    reported(cast)
    execute(f"UPDATE {VERSION} SET total_t = 5")


@attack("report_version_is_returned_by_another_for_a_reason")
def returned_by_oneself(cast):
    approved(cast)
    version = submitted(cast)
    verified(cast, version)
    execute(
        f"UPDATE {VERSION} SET state = 'returned', returned_by_id = submitted_by_id,"
        " returned_at = now(), return_reason = 'x'"
    )


@attack("report_version_keeps_what_it_says")
def another_total(cast):
    approved(cast)
    submitted(cast)
    execute(f"UPDATE {VERSION} SET total_t = 1")


@attack("report_version_digest_is_of_its_text")
def another_text(cast):
    reported(cast)
    execute(FIGURES)
    execute(
        f"UPDATE {VERSION} SET state = 'submitted', submitted_by_id = drafted_by_id, total_t = 1,"
        " submitted_at = now(), derivation = '{}', canonical = 'x', digest = sha256('y')"
    )


@attack("report_version_states_follow_the_table")
def a_draft_again(cast):
    determined(cast)
    execute(f"UPDATE {VERSION} SET state = 'submitted'")


@attack("report_version_has_a_figure_for_each_stream")
def without_figures(cast):
    reported(cast)
    execute(
        f"UPDATE {VERSION} SET state = 'submitted', submitted_by_id = drafted_by_id, total_t = 1,"
        " submitted_at = now(), derivation = '{}', canonical = 'x', digest = sha256('x')"
    )


@attack("report_version_is_verified_by_a_verifier")
def verified_by_nobody(cast):
    approved(cast)
    submitted(cast)
    execute(f"UPDATE {VERSION} SET state = 'verified'")


@attack("report_version_is_determined_by_a_determination")
def determined_by_nobody(cast):
    approved(cast)
    verified(cast, submitted(cast))
    execute(f"UPDATE {VERSION} SET state = 'determined'")


@attack("report_is_of_the_streams_of_its_plan")
def stream_of_another_plan(cast):
    reported(cast)
    copied(PLAN, number="2", **SUBMITTED)
    copied(STREAM, plan_id=f"(SELECT max(id) FROM {PLAN})", code="'S9'")
    copied(VALUE, stream_id=f"(SELECT max(id) FROM {STREAM})")


@attack("figure_is_one_a_stream")
def figure_twice(cast):
    reported(cast)
    for _time in range(2):
        execute(FIGURES)


VERIFY = (
    f"INSERT INTO {VERIFICATION} (version_id, verifier_id, person_id, opinion, assurance,"
    ' materiality_pct, findings, "on", at)'
    " SELECT v.id, b.id, {person}, 'satisfactory', 'limited', '5', '[]', {on}, now()"
    f" FROM {VERSION} v, mrv_verifier b"
)


@attack("verification_is_by_an_accredited_verifier")
def verified_too_late(cast):
    approved(cast)
    submitted(cast)
    execute(VERIFY.format(person=cast.member.person_id, on="'2040-01-01'"))


@attack("verification_is_independent_of_the_operator")
def verified_by_a_stranger(cast):
    approved(cast)
    submitted(cast)
    execute(VERIFY.format(person=cast.regulator.person_id, on="'2026-03-01'"))


@attack("determination_is_by_another")
def determined_by_the_verifier(cast):
    determined(cast)
    second = submitted(cast)
    verified(cast, second)
    copied(
        DETERMINATION,
        number="2",
        version_id=str(second.pk),
        total_t=str(second.total_t),
        by_id=str(cast.member.person_id),
    )
