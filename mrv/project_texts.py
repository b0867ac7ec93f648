"""What can go wrong with methodologies, projects and their credits: a code, its words, a hint."""

from django.utils.translation import gettext_lazy as _

METHODOLOGIES = {
    "METHODOLOGY_FIELD_WRONG": (
        _("This field of the methodology is missing, or not of the kind that is expected."),
        _("See the table of fields on the page on projects."),
    ),
    "FORMULA_NAME_UNKNOWN": (
        _("The formula uses a name that stands for nothing before it."),
        _("Use the names of parameters and of earlier steps."),
    ),
    "UNKNOWN_METHODOLOGY": (
        _("There is no such methodology."),
        _("Check the code in the list of methodologies."),
    ),
    "UNKNOWN_PROJECT_TYPE": (
        _("There is no such project type."),
        _("Check the code in the list of project types."),
    ),
    "METHODOLOGY_VERSION_EXISTS": (
        _("The methodology has a version that begins on this day or later."),
        _("Let the new version begin later."),
    ),
    "METHODOLOGY_NOT_IN_FORCE": (
        _("No version of the methodology is in force on this day."),
        _("See from when its versions are valid."),
    ),
    "METHODOLOGY_OF_ANOTHER_SCHEME": (
        _("The methodology is of another scheme than the registry of the account."),
        _("Choose a methodology of the scheme."),
    ),
}
PROJECTS = {
    "UNKNOWN_PROJECT": (_("There is no such project."), _("Check the code of the project.")),
    "PROJECT_TYPE_NOT_COVERED": (
        _("The methodology does not cover projects of this type."),
        _("Choose a methodology that names the type."),
    ),
    "UNIT_TYPE_NOT_CREDITED": (
        _("The registry of the account issues no credits of this unit type."),
        _("Name a credit that the registry issues."),
    ),
    "PROJECT_IN_ANOTHER_STATE": (
        _("The state of the project does not allow this."),
        _("A project is proposed, validated, then registered; only then it reports."),
    ),
    "OWN_PROJECT": (
        _("Whoever proposes a project does not decide on it."),
        _("Another administrator of the registry decides."),
    ),
    "PARAMETER_NOT_ASKED": (
        _("The methodology asks for no such value here."),
        _("Leave it out, or check its name."),
    ),
    "PARAMETER_MISSING": (
        _("The methodology asks for this value."),
        _("Give it in the unit of measure that is named."),
    ),
    "PARAMETER_IMPLAUSIBLE": (
        _("The value lies outside the bounds of the methodology."),
        _("Check the unit of measure and the digits."),
    ),
}
REPORTS = {
    "UNKNOWN_MONITORING_REPORT": (
        _("There is no such monitoring report."),
        _("See the reports of the project."),
    ),
    "REPORT_IN_ANOTHER_STATE": (
        _("The state of the monitoring report does not allow this."),
        _("A report is submitted, then verified once; only then it earns units."),
    ),
    "PERIOD_NOT_AN_INTERVAL": (
        _("The period ends before it begins."),
        _("The end is the day after the last one."),
    ),
    "PERIOD_NOT_OVER": (
        _("The period is not over."),
        _("Report it when its last day has passed."),
    ),
    "PERIOD_OUTSIDE_CREDITING": (
        _("The project does not earn on all days of this period."),
        _("See from when until when the project earns."),
    ),
    "PERIOD_OVERLAPS": (
        _("Some of these days are in another report of the project."),
        _("Report each day once; a returned report frees its days."),
    ),
    "EVIDENCE_NEEDED": (
        _("The evidence is missing."),
        _("Say where it is to be found, in at most 10,000 characters."),
    ),
}
CREDITS = {
    "PERIOD_CREDITED": (
        _("The units for this period are issued or asked for already."),
        _("A period earns once; see the requests of the report."),
    ),
    "NOTHING_TO_CREDIT": (
        _("The report has earned no whole tonne."),
        _("Nothing is to be done."),
    ),
    "NO_BUFFER_ACCOUNT": (
        _("The registry has no open buffer account."),
        _("The registry administrator opens one."),
    ),
    "UNKNOWN_CREDIT_LOSS": (
        _("There is no such loss of credits."),
        _("See the losses of the project."),
    ),
    "UNKNOWN_ISSUANCE_REQUEST": (
        _("There is no such issuance request."),
        _("See the requests of the project."),
    ),
    "REQUEST_NOT_ISSUED": (
        _("No units were issued for this request."),
        _("Withdraw or reject the proposal instead."),
    ),
    "LOSS_ABOVE_ISSUED": (
        _("More units would be lost than the project was given and has not lost before."),
        _("State at most what the data says is left."),
    ),
    "LOSS_IN_ANOTHER_STATE": (
        _("The state of the loss does not allow this."),
        _("A loss is stated, then settled or refused; then what is owed is replaced."),
    ),
    "OWN_LOSS": (
        _("Whoever states a loss does not decide on it."),
        _("Another administrator of the registry decides."),
    ),
    "REPLACEMENT_ABOVE_OWED": (
        _("More units would be replaced than are owed."),
        _("Offer at most what the data says is left."),
    ),
}
TEXTS = {**METHODOLOGIES, **PROJECTS, **REPORTS, **CREDITS}
