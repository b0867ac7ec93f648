"""Codes of factor sets, monitoring plans and emission reports, with their words for people."""

from django.utils.translation import gettext_lazy as _

LIBRARY = {
    "FIELD_WRONG": (
        _("This is missing, or of another kind than expected."),
        _("See the page on monitoring for the fields of a sector template."),
    ),
    "FIELD_UNKNOWN": (
        _("A sector template has no such field."),
        _("Leave the field out, or correct its name."),
    ),
    "FACTOR_TWICE": (
        _("The factor set states this factor twice."),
        _("State each factor once."),
    ),
    "UNKNOWN_FACTOR": (
        _("No factor set has such a factor."),
        _("See the list of factor sets."),
    ),
    "FACTOR_NOT_VALID": (
        _("The factor set is not valid in this year."),
        _("Use a version that is valid on the last day of the year, or have one recorded."),
    ),
    "UNKNOWN_SECTOR": (
        _("There is no sector template of this code."),
        _("Record a sector template first."),
    ),
}
PLANS = {
    "YEAR_NOT_POSSIBLE": (_("This is no year."), _("Name a year from 1990 to 2100.")),
    "STREAM_NEEDED": (
        _("The monitoring plan has no source stream."),
        _("Describe at least one source stream."),
    ),
    "STREAM_TWICE": (
        _("Two source streams have this code."),
        _("Give each source stream a code of its own."),
    ),
    "UNKNOWN_KIND_OF_STREAM": (
        _("The sector template has no such kind of source stream."),
        _("Use one of the kinds that the sector template lists."),
    ),
    "UNKNOWN_PARAMETER_OF_STREAM": (
        _("The formula of the source stream has no such parameter."),
        _("Use the parameters of its kind in the sector template."),
    ),
    "SOURCE_NEEDED": (
        _("It is not said where this parameter comes from."),
        _("Say that it is reported, name a factor, or give a default with its unit of measure."),
    ),
    "ACTIVITY_IS_REPORTED": (
        _("The activity comes from the report itself."),
        _("Say that it is reported."),
    ),
    "UNKNOWN_TIER": (
        _("This kind of source stream has no such tier."),
        _("Use one of the tiers that the sector template lists."),
    ),
    "TIER_NOT_MET": (
        _("The uncertainty of the activity is above what the tier allows."),
        _("Measure better, or name a lower tier."),
    ),
    "PLAN_WAITS": (
        _("Another version of the monitoring plan awaits a decision."),
        _("Wait until it is decided."),
    ),
    "PLAN_DECIDED": (
        _("The monitoring plan is decided already."),
        _("Submit a new version of it."),
    ),
    "OWN_PLAN": (
        _("Who has submitted a monitoring plan does not decide on it."),
        _("Ask another regulator."),
    ),
    "NO_APPROVED_PLAN": (
        _("The installation has no approved monitoring plan for this year."),
        _("Submit a monitoring plan and have it approved."),
    ),
}
REPORTS = {
    "UNKNOWN_REPORT": (_("There is no such emission report."), _("See the list of reports.")),
    "YEAR_CLOSED": (
        _("The reporting year is closed."),
        _("Ask the regulator; nothing is reported for it any more."),
    ),
    "YEAR_NOT_OVER": (
        _("The reporting year is not over."),
        _("Do this when the year has ended."),
    ),
    "REPORT_EXISTS": (
        _("There is a version of this emission report already."),
        _("Go on with that version."),
    ),
    "REPORT_NOT_A_DRAFT": (
        _("This version of the emission report is no draft."),
        _("Read it again; a correction is a new version."),
    ),
    "REPORT_NOT_SUBMITTED": (
        _("This version of the emission report does not wait for a verifier."),
        _("Read it again."),
    ),
    "REPORT_NOT_VERIFIED": (
        _("This version of the emission report is not verified."),
        _("It is determined after a verifier has verified it."),
    ),
    "UNKNOWN_STREAM": (
        _("The monitoring plan has no such source stream."),
        _("Use the codes of the monitoring plan."),
    ),
    "NOT_REPORTED": (
        _("By the monitoring plan this parameter is not reported."),
        _("Leave it out, or change the monitoring plan."),
    ),
    "MONTH_NOT_POSSIBLE": (
        _("This is no month."),
        _("Write 1 to 12, or 0 for the whole year."),
    ),
    "EVIDENCE_TOO_LONG": (
        _("The reference to the evidence is too long."),
        _("Use at most 300 characters."),
    ),
    "VALUE_TWICE": (
        _("The same value is given twice."),
        _("Give one value for a source stream, parameter and month."),
    ),
    "VALUE_MISSING": (
        _("A value is missing."),
        _("Give the value for the year or for each of its months."),
    ),
    "VALUE_OF_YEAR_AND_MONTHS": (
        _("There is a value of the year beside values of months."),
        _("Give one or the other."),
    ),
    "VALUE_IMPLAUSIBLE": (
        _("The value lies outside of what is plausible."),
        _("Check the value; the sector template has the bounds."),
    ),
    "UNIT_LIKELY_WRONG": (
        _("The value lies outside of what is plausible, but not in another unit of measure."),
        _("Check the unit of measure; `likely` names the one that would fit."),
    ),
    "BALANCE_OPEN": (
        _("The mass balance does not close: more leaves than has entered."),
        _("Check the values of the source streams of the mass balance."),
    ),
    "FIGURE_JUMPS": (
        _("The figure differs much from that of the year before."),
        _("Say why in the evidence; the verifier looks at it."),
    ),
    "TOTAL_NEGATIVE": (
        _("The emissions of the installation are below zero."),
        _("Check the values of what leaves the installation."),
    ),
    "OWN_REPORT": (
        _("Who has submitted or verified an emission report does nothing else with it."),
        _("Ask another person."),
    ),
    "NOT_AN_OPINION": (
        _("The opinion or the level of assurance is none of those that are possible."),
        _("Use one of the words that are listed."),
    ),
    "MATERIAL_FINDINGS": (
        _("The findings that were not corrected are material together."),
        _("Give another opinion, or have the emission report corrected."),
    ),
    "UPLIFT_NEGATIVE": (
        _("An estimate is not lower than what was emitted before."),
        _("Give an uplift of zero or more per cent."),
    ),
    "NOTHING_TO_ESTIMATE_FROM": (
        _("Nothing was determined in the years before."),
        _("Ask the operator for a report."),
    ),
}
REPORTING = {**LIBRARY, **PLANS, **REPORTS}
