"""What can go wrong with monitoring and reports, as codes with texts; the classes are the
registry's.

The pure modules speak in codes; here each has its words for people.
"""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure

from . import allocation_texts, project_texts
from .report_texts import REPORTING

BODIES = {
    "UNKNOWN_OPERATOR": (_("There is no such operator."), _("See the list of operators.")),
    "UNKNOWN_INSTALLATION": (
        _("There is no such installation."),
        _("Check the code of the installation."),
    ),
    "UNKNOWN_VERIFIER": (_("There is no such verifier."), _("See the list of verifiers.")),
    "UNKNOWN_ACCREDITATION": (
        _("There is no such accreditation."),
        _("See the accreditations of the verifier."),
    ),
    "UNKNOWN_CONFLICT": (
        _("There is no such conflict of interest."),
        _("See the conflicts of interest of the verifier."),
    ),
    "OPERATOR_COVERED": (
        _("The registry covers this account holder already."),
        _("Use the operator that exists."),
    ),
    "CODE_TAKEN": (_("Another one has this code."), _("Choose a code that is free.")),
    "CODE_NOT_PRINTABLE": (
        _("The code can not be printed."),
        _("Use capital letters, digits and hyphens, 40 at most."),
    ),
    "NAME_NEEDED": (_("The name is missing."), _("Give a name of at most 200 characters.")),
    "SECTOR_NEEDED": (
        _("No sector is named."),
        _("Name at least one sector by its code."),
    ),
    "REASON_NEEDED": (_("The reason is missing."), _("Say why, in at most 300 characters.")),
    "LAST_DAY_BEFORE_FIRST": (
        _("The last day is before the first one."),
        _("Name a later last day, or an earlier first day."),
    ),
    "ENDED_ALREADY": (_("It has ended already."), _("What has ended is not changed.")),
    "MEMBER_EXISTS": (
        _("This person is a member of the verifier already."),
        _("Use the membership that exists."),
    ),
    "NOT_A_MEMBER": (
        _("You are no member of this verifier on this day."),
        _("An administrator of a registry keeps the members of verifiers."),
    ),
    "NOT_ACCREDITED": (
        _("The verifier has no accreditation for this scheme on this day."),
        _("Choose another verifier, or have the accreditation recorded."),
    ),
    "OUT_OF_SCOPE": (
        _("The accreditation of the verifier does not cover this sector."),
        _("Choose a verifier that is accredited for the sector."),
    ),
    "ACCREDITATION_SUSPENDED": (
        _("The accreditation of the verifier is suspended."),
        _("Choose another verifier."),
    ),
    "CONFLICT_OF_INTEREST": (
        _("The verifier has a conflict of interest."),
        _("Choose a verifier that is independent of the account holder."),
    ),
}
QUANTITIES = {
    "NUMBER_NOT_EXACT": (
        _("This is no exact number."),
        _("Write it as text without separators: 0.8, 44/12 or 1000."),
    ),
    "UNKNOWN_UNIT": (
        _("There is no such unit of measure."),
        _("See the units of measure on the page on monitoring."),
    ),
    "UNIT_OF_ANOTHER_DIMENSION": (
        _("The unit of measure is for something else than what is asked."),
        _("Give the value in the unit of measure that is expected."),
    ),
    "FORMULA_NOT_UNDERSTOOD": (
        _("This is no formula."),
        _("Use names in small letters, numbers, + - * /, brackets, max and min."),
    ),
    "PARAMETER_WITHOUT_UNIT": (
        _("The formula has a parameter that has no unit of measure."),
        _("Describe every parameter of the formula."),
    ),
    "DIVISION_BY_ZERO": (
        _("The formula divides by zero for these values."),
        _("Correct the value by which it divides."),
    ),
}
TEXTS = {**BODIES, **QUANTITIES, **REPORTING, **project_texts.TEXTS, **allocation_texts.TEXTS}


def failure(code, /, **data) -> Failure:
    """One failure with the words of its code."""
    return Failure(code, *TEXTS[code], data=data)
