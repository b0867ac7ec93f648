"""The signatures of issuances, verified over documents that are made anew from the ledger's rows.

Written for the audit: nothing here is shared with what signs.
"""

from collections.abc import Iterator

import rfc8785

from .signatures import verifies

Violation = tuple[str, str, str, dict]


def signatures(signed: Iterator[tuple]) -> Iterator[Violation]:
    """What is wrong with the signatures, given their rows."""
    for number, issuance, signature, public_key, document in signed:
        key = {"key": document["key_id"], "issuance": str(issuance)}
        message = rfc8785.dumps(document)
        if not verifies(document["algorithm"], bytes(public_key), bytes(signature), message):
            yield "signature", "registry_issuancesignature", str(number), key
