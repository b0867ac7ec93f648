"""What can go wrong with comparisons and their cases, as codes with texts."""

from django.utils.translation import gettext_lazy as _

CASES = {
    "NOTHING_TO_COMPARE": (
        _("Units of this type are not at home here, or the partner is their home itself."),
        _("Name a unit type of a registry of this node, and another registry."),
    ),
    "PARTNER_IS_HERE": (
        _("The partner is a registry of this node, which answers by itself."),
        _("Compare without a file."),
    ),
    "STATEMENT_AHEAD": (
        _("The statement is about a moment that has not come."),
        _("Say when the file was true, with the offset from UTC."),
    ),
    "STATEMENT_TOO_LARGE": (
        _("The statement is larger than 64 MiB."),
        _("Leave out the columns that are not read, and join runs of serials that meet."),
    ),
    "STATEMENT_TOO_LONG": (
        _("The statement has more than a million rows."),
        _("Join runs of serials that meet; what else a row says is not compared."),
    ),
    "STATEMENT_NOT_TEXT": (
        _("The statement is not text in UTF-8."),
        _("Save the file as UTF-8, CSV or NDJSON."),
    ),
    "STATEMENT_WITHOUT_COLUMN": (
        _("The first row does not name the columns first and last, each once."),
        _("Give the file a first row that names its columns."),
    ),
    "STATEMENT_ROW_WRONG": (
        _("The row can not be read."),
        _("CSV has as many cells as columns; NDJSON an object with first and last."),
    ),
    "STATEMENT_SERIALS_WRONG": (
        _("These are not the first and the last serial of a run."),
        _("Write two whole numbers in digits, the lower one first."),
    ),
    "STATEMENT_SERIALS_TWICE": (
        _("Another row names some of these serials too."),
        _("Name each serial in one row only."),
    ),
    "QUESTION_NOT_UNDERSTOOD": (
        _("There is no such question about ranges."),
        _("See the page on reconciliation."),
    ),
    "UNKNOWN_COMPARISON": (
        _("There is no such comparison."),
        _("See the list of comparisons."),
    ),
    "UNKNOWN_CASE": (_("There is no such case."), _("See the list of cases.")),
    "CASE_IN_ANOTHER_STATE": (
        _("The case is in a state in which this is not done."),
        _("Read the case again: somebody has gone on with it."),
    ),
    "OWN_REPAIR": (
        _("Whoever proposes a repair does not decide on it."),
        _("Another administrator of the registry looks at the evidence."),
    ),
    "REPAIR_DOES_NOT_SUIT": (
        _("This repair is not for this kind of case."),
        _("Choose another one, or close the case without a posting."),
    ),
}
