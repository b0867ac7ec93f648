"""What is said about serials: the names of their forms, and what is wrong with a text."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure
from registry.serials import (
    american_carbon_registry,
    climate_action_reserve,
    eu_ets,
    gold_standard,
    itmo,
    kyoto,
    legacy,
    named_numbers,
    own,
    uk_ets,
    undp,
    verra,
)
from registry.serials.findings import Finding

FORMS = {
    own.NAME: _("Concord"),
    legacy.NAME: _("serial of an earlier registry"),
    kyoto.NAME: _("Kyoto unit (international transaction log)"),
    eu_ets.NAME: _("EU ETS allowance"),
    uk_ets.NAME: _("UK ETS allowance"),
    verra.NAME: _("Verra VCU"),
    gold_standard.NAME: _("Gold Standard credit"),
    climate_action_reserve.NAME: _("Climate Action Reserve credit"),
    american_carbon_registry.NAME: _("ACR credit"),
    itmo.NAME: _("ITMO (Article 6 database)"),
    undp.NAME: _("UNDP national carbon registry credit"),
    "koc": _("Korean offset credit by instrument (form assumed)"),
    "kau": _("Korean allowance by instrument (form assumed)"),
    "jcm": _("JCM credit (form assumed)"),
    named_numbers.NAME: _("unit type and number"),
}
TEXTS = {
    "SERIAL_NOT_UNDERSTOOD": (
        _("This is no serial in any form that is known here."),
        _("Write it as it was printed, or as a unit type with a number, such as KAU 1,000."),
    ),
    "SERIAL_CHECK_DIGITS_MISSING": (
        _("The two check digits at the end are missing."),
        _("Type them as well, or only a unit type with a number, such as KAU 1,000."),
    ),
    "SERIAL_LETTER_IN_NUMBER": (
        _("A letter stands where digits are expected: %(found)s, character %(position)s."),
        _("A letter O is no zero, and a letter I or l is no one."),
    ),
    "SERIAL_CHARACTER_UNKNOWN": (
        _("No serial has this character at this place: %(found)s, character %(position)s."),
        _("Codes have the letters A to Z, digits, dots and hyphens; numbers have digits."),
    ),
    "SERIAL_PART_WRONG": (
        _("A part of the serial is empty, too long, or has a sign too many."),
        _("The parts are registry, unit type, numbers and two check digits, between colons."),
    ),
    "SERIAL_SPACED_WRONG": (
        _("The spaces are neither those of a serial for reading aloud nor left out."),
        _("Leave out all spaces, or write one around each sign and after each three digits."),
    ),
    "SERIAL_NUMBER_INVALID": (
        _("A serial is a number from 1 to 1,000,000,000,000 without a zero before it."),
        _("Check the number of digits."),
    ),
    "SERIAL_DATE_INVALID": (
        _("There is no such day: %(found)s."),
        _("Check the days that are written in the serial."),
    ),
    "SERIAL_ENDS_DIFFER": (
        _("The two ends of the block differ in more than the number."),
        _("Both ends of a block have the same registry, project and vintage."),
    ),
    "BLOCK_BACKWARDS": (
        _("The block ends before it begins."),
        _("The last serial is at least the first."),
    ),
}


def form_name(name):
    """What people call a form; a form that is only data is called as the data call it."""
    return FORMS.get(name, name)


def failure(finding: Finding, parameter=None) -> Failure:
    """A finding in words. `parameter` names the parameter of an address that held the text."""
    message, hint = TEXTS[finding.code]
    filled = {"found": finding.found, "position": finding.at}
    return Failure(
        finding.code,
        message % filled,
        _perhaps(finding.suggestion) if finding.suggestion else hint,
        data=_data(finding, parameter),
    )


def wrong_check_digits(finding: Finding, *, codes_exist, suggestion="", parameter=None) -> Failure:
    """Which characters are off: whether such codes exist tells letters from digits."""
    data = _data(finding, parameter) | {"part": "numbers" if codes_exist else "codes"}
    if codes_exist:
        return Failure(
            "SERIAL_CHECK_DIGITS_WRONG",
            _("The check digits do not fit: a digit is wrong, or two are exchanged."),
            _("The registry and the unit type exist: compare the numbers."),
            data=data,
        )
    return Failure(
        "SERIAL_CHECK_DIGITS_WRONG",
        _("The check digits do not fit: the codes are wrong, there is no such unit type."),
        _perhaps(suggestion)
        if suggestion
        else _("Compare the letters of the registry and of the unit type."),
        data=data | ({"suggestion": suggestion} if suggestion else {}),
    )


def _perhaps(suggestion):
    return _("Perhaps this is meant: %(suggestion)s") % {"suggestion": suggestion}


def _data(finding, parameter):
    told = {
        "part": finding.part,
        "found": finding.found,
        "position": finding.at and str(finding.at),
        "suggestion": finding.suggestion,
        "parameter": parameter,
    }
    return {name: value for name, value in told.items() if value}
