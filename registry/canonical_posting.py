"""The canonical bytes of postings: what is promised to the log, and what an auditor recomputes.

Everything comes from the ledger's rows, so the bytes can be derived again at any time. Accounts
and entities appear as digests under the posting's own salt: who knows the salt and the account
can check an entry, others learn nothing and can not link two postings. docs/canonical-posting.md
describes each field.

Many postings are read by as many queries as one.
"""

import hmac
from collections import defaultdict
from operator import itemgetter

from . import canonical
from .models import Holding, Issuance, Posting, Registry, UnitType, Use

FORMAT = "concord-posting-1"

HEADER = (
    "id",
    "salt",
    "kind",
    "recorded_at",
    "transaction",
    "transaction__type__code",
    "transaction__type__version",
    "transaction__request_hash",
    "transaction__payload_hash",
    "transaction__reverses",
    "message__digest",
)
BLOCK = ("registry", "unit_type", "first", "last", "account__number")
ISSUED = (
    "posting",
    "unit_type",
    "first",
    "last",
    "vintage_label",
    "vintage_from",
    "vintage_to",
    "usable_until",
    "legal_basis",
    "project",
    "activity",
    "sector",
    "mitigation_type",
)
USED = (
    "posting",
    "registry",
    "unit_type",
    "first",
    "last",
    "kind",
    "period",
    "entity__code",
    "credited_tonnes",
    "factor_version",
)


def hidden(salt, kind, value):
    """A confidential value as text: HMAC-SHA256 under the salt, of its kind, a zero byte and it."""
    if value is None:
        return None
    return hmac.digest(bytes(salt), f"{kind}\0{value}".encode(), "sha256").hex()


def documents(posting_ids) -> dict[int, dict]:
    """What each of the postings did, with confidential parts hidden, by the posting's number.

    Numbers that no posting has are left out.
    """
    ids = list(posting_ids)
    codes = _codes()
    headers = Posting.objects.filter(pk__any_of=ids).values_list(*HEADER)
    salts = {}
    found = {}
    for row in headers:
        salts[row[0]] = bytes(row[1])
        found[row[0]] = _header(row)
    for member, rows in (
        ("closed", _blocks("closed_by", ids, salts, codes)),
        ("opened", _blocks("opened_by", ids, salts, codes)),
        ("issued", _issued(ids, codes)),
        ("used", _used(ids, salts, codes)),
    ):
        for posting_id, said in found.items():
            said[member] = rows.get(posting_id, [])
    return found


def document(posting_id) -> dict:
    """What a posting did, with confidential parts hidden.   Raises: Posting.DoesNotExist."""
    found = documents([posting_id])
    if posting_id not in found:
        raise Posting.DoesNotExist(f"posting {posting_id}")
    return found[posting_id]


def posting_bytes(posting_id) -> bytes:
    """The canonical JSON (RFC 8785) of the posting's document.   Raises: Posting.DoesNotExist."""
    return canonical.encode(document(posting_id))


def _codes():
    """Codes of registries and of unit types by id: few rows, which would else be joined often."""
    return (
        dict(Registry.objects.values_list("pk", "code")),
        dict(UnitType.objects.values_list("pk", "code")),
    )


def _header(row):
    number, _salt, kind, at, transaction, code, version, request, payload, reverses, message = row
    return {
        "format": FORMAT,
        "posting": str(number),
        "kind": kind,
        "recorded_at": canonical.instant(at),
        "transaction": str(transaction),
        "type": code,
        "type_version": version,
        "request": bytes(request).hex(),
        "payload": None if payload is None else bytes(payload).hex(),
        "reverses": None if reverses is None else str(reverses),
        "message": None if message is None else bytes(message).hex(),
    }


def _grouped(rows):
    """Lists of (sort key, entry) by posting, each sorted: codes by code point, serials by value."""
    groups = defaultdict(list)
    for posting_id, key, entry in rows:
        groups[posting_id].append((key, entry))
    return {
        posting_id: [entry for _key, entry in sorted(group, key=itemgetter(0))]
        for posting_id, group in groups.items()
    }


def _blocks(end, ids, salts, codes):
    """The blocks that the postings closed or opened: `end` is the key to the posting."""
    registries, unit_types = codes
    rows = Holding.objects.filter(**{f"{end}__any_of": ids}).values_list(end, *BLOCK)
    return _grouped(
        (
            posting_id,
            (registries[registry], unit_types[unit_type], first),
            [
                registries[registry],
                unit_types[unit_type],
                str(first),
                str(last),
                hidden(salts[posting_id], "account", account),
            ],
        )
        for posting_id, registry, unit_type, first, last, account in rows
    )


def _issued(ids, codes):
    _registries, unit_types = codes
    rows = Issuance.objects.filter(posting__any_of=ids).values_list(*ISSUED)
    return _grouped(
        (
            row[0],
            (unit_types[row[1]], row[2]),
            {
                "unit_type": unit_types[row[1]],
                "first": str(row[2]),
                "last": str(row[3]),
                "vintage": row[4],
                "vintage_from": row[5].isoformat(),
                "vintage_to": row[6].isoformat(),
                "usable_until": row[7] and row[7].isoformat(),
                "legal_basis": row[8],
                "project": row[9],
                "activity": row[10],
                "sector": row[11],
                "mitigation_type": row[12],
            },
        )
        for row in rows
    )


def _used(ids, salts, codes):
    registries, unit_types = codes
    rows = Use.objects.filter(posting__any_of=ids).values_list(*USED)
    return _grouped(
        (
            row[0],
            (registries[row[1]], unit_types[row[2]], row[3]),
            [
                registries[row[1]],
                unit_types[row[2]],
                str(row[3]),
                str(row[4]),
                row[5],
                row[6],
                hidden(salts[row[0]], "entity", row[7]),
                str(row[8]),
                row[9],
            ],
        )
        for row in rows
    )
