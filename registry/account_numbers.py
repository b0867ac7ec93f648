"""Account numbers that catch typing errors: registry code, number, two check digits.

The check digits are ISO/IEC 7064, MOD 97-10, over the code's letters (A = 10 … Z = 35), its
digits, and the number. Pure.
"""

import re
import string

# Letters as two digits each; what stands between digits and letters counts for nothing.
VALUES = str.maketrans(
    {"-": "", **{letter: str(int(letter, 36)) for letter in string.ascii_letters}}
)
FORM = re.compile(r"([A-Z0-9][A-Z0-9-]*)-(\d{7,})-(\d{2})")


def check_digits(text):
    """Two digits that make `text` followed by them equal to 1 modulo 97."""
    return f"{98 - int(text.translate(VALUES) + '00') % 97:02d}"


def account_number(registry_code, serial):
    """The number of the account that is the registry's `serial`-th."""
    body = f"{registry_code}-{serial:07d}"
    return f"{body}-{check_digits(body)}"


def is_valid(number):
    return registry_code(number) is not None


def registry_code(number) -> str | None:
    """The registry whose account a number would be; None for what is no account number."""
    match = FORM.fullmatch(number)
    if match is None or check_digits(f"{match[1]}-{match[2]}") != match[3]:
        return None
    return match[1]
