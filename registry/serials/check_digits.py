"""Two check digits over letters, digits and the signs of a serial. Pure.

Each character is one position with a value from 1 to 39, and positions count powers of ten modulo
97, as in ISO/IEC 7064 MOD 97-10, where every position is a decimal digit. The number 97 is prime
and greater than any difference of two values, and the powers 10^1 … 10^95 are not 1 modulo 97.
So one wrong character is always found, and so are two characters that changed places, next to each
other or not, in any text of up to 96 characters with its check digits: docs/serials.md has the
proof. No value is 0, so that a lost first character is found as well.
"""

import string

ALPHABET = string.digits + string.ascii_uppercase + "-.:"
VALUES = {character: value for value, character in enumerate(ALPHABET, 1)}
MODULUS = 97
LONGEST = 94


def check_digits(text: str) -> str:
    """The two digits that make the value of `text` followed by them 1 modulo 97.

    `text` consists of at most LONGEST characters of ALPHABET.   Raises: KeyError.
    """
    value = 0
    for character in text:
        value = value * 10 + VALUES[character]
    return f"{98 - value * 100 % MODULUS:02d}"
