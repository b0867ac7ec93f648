"""One good message of each kind: a transfer from jp.example to kr.example, and the rest."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from linking.messages import envelope
from linking.messages.envelope import Message
from linking.messages.kinds import OF_TRANSFERS, Kind
from registry import canonical
from registry.certificates import documents
from registry.keys import text_forms
from tests.linking.messages import keys

JP, KR = "jp.example", "kr.example"
AT = datetime.fromisoformat("2026-03-02T09:00:00.000000+00:00")
TRANSFER = UUID("5b1f2f7a-3c0e-4a53-9a2b-7f0f6c1d2e30")
DIGEST = hashlib.sha256(b"the text of the version in force").hexdigest()
TEXT = {"agreement": "JP-KR", "version": 1, "digest": DIGEST}
FROM_DESTINATION = {
    *(Kind.ACCEPTED, Kind.REJECTED, Kind.COMPLETED, Kind.ABORT, Kind.UNKNOWN),
    *(Kind.WENT_ON, Kind.STAYED),
}
FAILED = {
    "code": "LINK_SUSPENDED",
    "message": "The link is suspended.",
    "hint": "Wait until it is resumed.",
    "data": {},
}


def at(seconds) -> str:
    return canonical.instant(AT + timedelta(seconds=seconds))


def certificate(first, last, unit_type="GXA", owner="JP-GX") -> dict:
    issuance = {
        "format": documents.ISSUANCE,
        "registry": owner,
        "unit_type": unit_type,
        "kind": "allowance",
        "metric": "tCO2e",
        "first": "1",
        "last": "5000",
        "vintage": "2026",
        "vintage_from": "2026-04-01",
        "vintage_to": "2027-04-01",
        "usable_until": None,
        "legal_basis": "",
        "project": "",
        "activity": "",
        "sector": "",
        "mitigation_type": "",
        "posting": "17",
        "issued_at": at(-86400),
        "key_id": keys.key_id(owner),
        "algorithm": "Ed25519",
        "signed_at": at(-86399),
    }
    signed = text_forms.decode(keys.signature(owner, issuance))
    return documents.certificate(issuance, signed, first=first, last=last)


def receipt(node, posting, seconds) -> dict:
    unsigned = {
        "format": "concord-receipt-1",
        "node": node,
        "posting": posting,
        "transaction": posting,
        "leaf_hash": hashlib.sha256(posting.encode()).hexdigest(),
        "recorded_at": at(seconds),
        "log_by": at(seconds + 60),
        "signed_at": at(seconds),
        "key_id": keys.key_id(node),
        "algorithm": "Ed25519",
    }
    return {**unsigned, "signature": keys.signature(node, unsigned)}


PROPOSAL_HOME = {
    **dict.fromkeys(("agreement", "version", "digest", "edge")),
    "method": "repatriation",
    "source": {"registry": "KR-ETRS", "account": "KR-2002-7", "holder_class": "covered"},
    "destination": {"registry": "JP-GX", "account": "JP-1001-4"},
    "unit_type": "GXA",
    "period": None,
}


def bodies() -> dict:
    """A good body of each kind, by kind."""
    return {**_of_transfers(), **_of_units(), **_of_peers(), **_of_agreements()}


def _of_transfers():
    return {
        Kind.PROPOSE: {
            "agreement": "JP-KR",
            "version": 1,
            "digest": DIGEST,
            "edge": "JP>KR",
            "method": "recognition",
            "source": {"registry": "JP-GX", "account": "JP-1001-4", "holder_class": "covered"},
            "destination": {"registry": "KR-ETRS", "account": "KR-2002-7"},
            "unit_type": "GXA",
            "quantity": "1000",
            "period": "2026",
            "blocks": [
                {"first": "1", "last": "600", "certificate": certificate(1, 600)},
                {"first": "2001", "last": "2400", "certificate": certificate(2001, 2400)},
            ],
            "expires_at": at(7 * 86400),
        },
        Kind.ACCEPTED: {
            "propose": DIGEST,
            "valid_until": at(86400),
            "withheld": "0",
            "credited_t": "800",
            "factor": "4/5",
            "edge": "JP>KR",
        },
        Kind.REJECTED: {
            "propose": DIGEST,
            "failures": [
                {
                    "code": "QUOTA_EXHAUSTED",
                    "message": "Nothing is left of the limit in this period.",
                    "hint": "Wait for the next period.",
                    "data": {"accepted": "0"},
                }
            ],
        },
        Kind.COMMITTED: {
            "accepted": DIGEST,
            "posting": "42",
            "at": at(3),
            "blocks": [["1", "600"], ["2001", "2400"]],
            "receipt": receipt(JP, "42", 3),
        },
        Kind.COMPLETED: {
            "committed": DIGEST,
            "posting": "77",
            "suspense": False,
            "receipt": receipt(KR, "77", 4),
        },
        Kind.ABORT: {"reason": "ACCOUNT_CLOSED"},
        Kind.ABORTED: {"reason": "LINK_SUSPENDED"},
        Kind.STATUS: {"state": "accepted"},
        Kind.UNKNOWN: {},
        Kind.ONWARD: {"registry": "CN-ETR", "account": "CN-ETR-0000001-46", "period": "2026"},
        Kind.WENT_ON: {"onward": "ab" * 32, "second": str(TRANSFER)},
        Kind.STAYED: {"onward": "ab" * 32, "failures": [FAILED]},
    }


def _of_units():
    return {
        Kind.USED: {
            "registry": "KR-ETRS",
            "unit_type": "GXA",
            "blocks": [["1", "600"]],
            "use": "surrender",
            "period": "2026",
            "entity": "KR-OPERATOR-A",
            "posting": "91",
            "at": at(900),
            "receipt": receipt(KR, "91", 900),
        },
        Kind.USE_UNDONE: {
            "registry": "KR-ETRS",
            "unit_type": "GXA",
            "used": "91",
            "posting": "97",
            "at": at(950),
            "receipt": receipt(KR, "97", 950),
        },
        Kind.RETIRE_FOR: {
            "registry": "JP-GX",
            "unit_type": "JCM",
            "block": {"first": "5", "last": "9", "certificate": certificate(5, 9, "JCM")},
            "for": {"registry": "KR-ETRS", "account": "KR-2002-7", "period": "2026"},
            "posting": "99",
            "at": at(990),
            "receipt": receipt(JP, "99", 990),
        },
        Kind.CREDITED: {
            "retire_for": DIGEST,
            "unit_type": "i-KCU",
            "quantity": "5",
            "posting": "101",
            "receipt": receipt(KR, "101", 1010),
        },
        Kind.NOT_CREDITED: {
            "retire_for": DIGEST,
            "failures": [
                {
                    "code": "VINTAGE_TOO_OLD",
                    "message": "The vintage is older than the link accepts.",
                    "hint": "Choose a later vintage.",
                    "data": {},
                }
            ],
        },
    }


def _of_peers():
    return {
        Kind.CARD: {
            "card": {"format": "concord-card-1", "node": JP},
            "signatures": [{"key_id": keys.key_id(JP), "signature": keys.signature(JP, {})}],
        },
        Kind.TEST: {"text": "One, two."},
        Kind.NOTICE: {
            "kind": "maintenance",
            "from": at(86400),
            "to": at(90000),
            "text": "The database is moved.",
        },
    }


def _of_agreements():
    return {
        Kind.VERSION: {"text": '{"format":"concord-agreement-1"}', "signatures": []},
        Kind.SIGNATURE: {
            **TEXT,
            "party": "JP",
            "key_id": keys.key_id("JP-GX"),
            "signature": keys.signature("JP-GX", {}),
        },
        Kind.EDGE_CHANGE: {
            "agreement": "JP-KR",
            "edge": "JP>KR",
            "at": at(60),
            "state": "suspended",
            "cause": "security",
            "grace_until": "2026-12-31",
            "key_id": keys.key_id("KR-ETRS"),
            "signature": keys.signature("KR-ETRS", {}),
        },
        Kind.COMMENT: {
            **TEXT,
            "party": "JP",
            "at": at(30),
            "clause": "/clauses/0/text",
            "text": "Which year is meant?",
        },
        Kind.REJECTION: rejection(),
    }


def rejection():
    """Signed by the registry of the party that rejects."""
    said = {**TEXT, "party": "JP", "at": at(40), "reason": "The quota is too high."}
    signature = keys.signature("JP-GX", {"format": "concord-rejection-1", **said})
    return {**said, "key_id": keys.key_id("JP-GX"), "signature": signature}


def message(kind, number=1, **changes) -> Message:
    """A good message of a kind; `number` makes its id."""
    ends = (KR, JP) if kind in FROM_DESTINATION else (JP, KR)
    given = {
        "id": UUID(int=(number << 96) | 0x4000_8000_0000_0000_0000, version=4),
        "kind": kind,
        "sender": ends[0],
        "receiver": ends[1],
        "sent_at": AT + timedelta(seconds=number),
        "body": bodies()[kind],
        "transfer": TRANSFER if kind in OF_TRANSFERS else None,
    }
    return Message(**{**given, **changes})


def document(kind, /, **changes) -> dict:
    """The members of a good message, some changed."""
    return {**envelope.as_document(message(kind)), **changes}
