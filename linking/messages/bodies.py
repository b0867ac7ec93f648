"""The bodies of messages, by kind: strict forms of which docs/protocol.md says each member. Pure.

A body says the same whoever reads it, so what it says twice has to agree: the quantity with its
serials, a certificate with its block, a receipt with its posting.
"""

from itertools import pairwise

from linking.edges.edge import FIRST_TRANSFERS, METHODS
from linking.edges.kinds import optional
from linking.lifecycle.states import FOLLOWS
from linking.protocol import State
from registry.certificates import forms as certificates
from registry.log import receipt
from registry.log.refused import Refused

from . import values
from .forms import Listed, Object, OrNull
from .kinds import Kind

REPATRIATION = "repatriation"
HOLDER_CLASSES = ("covered", "intermediary", "other")
NOTICES = ("maintenance", "incident")
USES = ("surrender", "retirement", "cancellation")
PURPOSES = ("NDC", "IMP", "OP", "OIMP", "NDC and OIMP", "NDC and IMP", "NDC and OP")


def _propose_rule(body):
    blocks = [(int(block["first"]), int(block["last"])) for block in body["blocks"]]
    yield from _disorder(blocks)
    units = sum(last - first + 1 for first, last in blocks)
    if units != int(body["quantity"]):
        yield "QUANTITY_DIFFERS", "/quantity", {"serials": str(units)}
    goes_home = body["method"] == REPATRIATION
    if goes_home != (body["edge"] is None):
        yield "FIELD_DOES_NOT_SUIT", "/edge", {"method": body["method"]}
    if not goes_home and None in (body["agreement"], body["version"], body["digest"]):
        yield "FIELD_MISSING", "/agreement", {}
    for number, block in enumerate(body["blocks"]):
        proof, where = block["certificate"], f"/blocks/{number}/certificate"
        if goes_home != (proof is None):
            yield "FIELD_DOES_NOT_SUIT", where, {"method": body["method"]}
        elif proof is not None and _is_of_other_units(block, body["unit_type"]):
            yield "CERTIFICATE_OF_OTHER_UNITS", where, {}


def _ranges_rule(body):
    return _disorder([(int(first), int(last)) for first, last in body["blocks"]])


def _disorder(blocks):
    """Serials are named once each, from the lowest up."""
    ends = [end for block in blocks for end in block]
    steps = zip(pairwise(ends), range(len(ends)), strict=False)
    for (before, after), number in steps:
        # Inside a block both ends may be one serial; the next block begins above it.
        if after < before or (after == before and number % 2):
            yield "BLOCKS_DISORDERED", "/blocks", {"serial": str(after)}
            return


def _receipt_rule(body):
    if body["receipt"] is not None and body["receipt"]["posting"] != body["posting"]:
        yield "RECEIPT_OF_ANOTHER_POSTING", "/receipt/posting", {"posting": body["posting"]}


def _committed_rule(body):
    yield from _ranges_rule(body)
    yield from _receipt_rule(body)


def _retire_for_rule(body):
    block = body["block"]
    yield from _disorder([(int(block["first"]), int(block["last"]))])
    if _is_of_other_units(block, body["unit_type"]):
        yield "CERTIFICATE_OF_OTHER_UNITS", "/block/certificate", {}
    yield from _receipt_rule(body)


def _is_of_other_units(block, unit_type):
    """Whether a certificate is not of exactly this block."""
    proof = block["certificate"]
    said = (proof["issuance"]["unit_type"], proof["first"], proof["last"])
    return said != (unit_type, block["first"], block["last"])


def _range(value):
    """Two serials, both inclusive."""
    if not (isinstance(value, list) and len(value) == 2):
        raise values.Unreadable("WRONG_TYPE", wanted="two serials")
    for serial in value:
        values.serial(serial)


def _certificate(value):
    """A document of the format concord-certificate-1; whether it holds is for who decides."""
    wrong = ["certificate"]
    if isinstance(value, dict) and value.get("format") == certificates.documents.CERTIFICATE:
        wrong = list(certificates.wrong_members(value, certificates.CERTIFICATE))
        signed = value.get("issuance")
        if isinstance(signed, dict):
            wrong += certificates.wrong_members(signed, certificates.ISSUANCE, "issuance.")
    if wrong:
        raise values.Unreadable("WRONG_TYPE", wanted="certificate", member=wrong[0])


def _receipt(value):
    """A document of the format concord-receipt-1."""
    try:
        receipt.read(value)
    except Refused as refusal:
        raise values.Unreadable("WRONG_TYPE", wanted="receipt", **refusal.data) from refusal


END = {"registry": values.text, "account": values.text}
BLOCK = Object(
    {"first": values.serial, "last": values.serial, "certificate": OrNull(_certificate)},
)
RANGES = Listed(_range, least=1)
FAILURE = Object(
    {
        "code": values.code,
        "message": values.words,
        "hint": values.words,
        "data": values.plain_object,
    }
)
# Which text of an agreement something is about.
TEXT = {"agreement": values.text, "version": values.ordinal, "digest": values.digest}
PARTY_SIGNATURE = {"party": values.text, "key_id": values.encoded, "signature": values.encoded}
USED_BY = {"registry": values.text, "unit_type": values.text, "at": values.moment}
POSTED = {"posting": values.number, "receipt": OrNull(_receipt)}

TRANSFERS = {
    Kind.PROPOSE: Object(
        {
            "agreement": optional(values.text),
            "version": optional(values.ordinal),
            "digest": optional(values.digest),
            "edge": optional(values.text),
            "method": values.choice(*METHODS, REPATRIATION),
            "source": Object({**END, "holder_class": values.choice(*HOLDER_CLASSES)}),
            "destination": Object(END),
            "unit_type": values.text,
            "quantity": values.number,
            "period": optional(values.text),
            "blocks": Listed(BLOCK, least=1),
            "expires_at": values.moment,
        },
        _propose_rule,
    ),
    Kind.ACCEPTED: Object(
        {
            "propose": values.digest,
            "valid_until": values.moment,
            "withheld": values.amount,
            "credited_t": values.amount,
            "factor": values.fraction,
            "edge": optional(values.text),
        }
    ),
    Kind.REJECTED: Object({"propose": values.digest, "failures": Listed(FAILURE, 1, 1_000)}),
    Kind.COMMITTED: Object(
        {"accepted": values.digest, "at": values.moment, "blocks": RANGES, **POSTED},
        _committed_rule,
    ),
    Kind.COMPLETED: Object(
        {"committed": values.digest, "suspense": values.boolean, **POSTED}, _receipt_rule
    ),
    Kind.ABORT: Object({"reason": values.code}),
    Kind.ABORTED: Object({"reason": values.code}),
    Kind.STATUS: Object({"state": values.choice(*State)}),
    Kind.UNKNOWN: Object({}),
    Kind.ONWARD: Object({**END, "period": optional(values.text)}),
    Kind.WENT_ON: Object({"onward": values.digest, "second": values.identifier}),
    Kind.STAYED: Object({"onward": values.digest, "failures": Listed(FAILURE, 1, 1_000)}),
}
NOTICES_OF_UNITS = {
    Kind.USED: Object(
        {
            **USED_BY,
            "blocks": RANGES,
            "use": values.choice(*USES),
            "period": optional(values.text),
            "entity": optional(values.text),
            **POSTED,
        },
        _committed_rule,
    ),
    Kind.USE_UNDONE: Object({**USED_BY, "used": values.number, **POSTED}, _receipt_rule),
    Kind.RETIRE_FOR: Object(
        {
            **USED_BY,
            "block": Object(
                {"first": values.serial, "last": values.serial, "certificate": _certificate}
            ),
            "for": Object({**END, "period": optional(values.text)}),
            **POSTED,
        },
        _retire_for_rule,
    ),
    Kind.CREDITED: Object(
        {
            "retire_for": values.digest,
            "unit_type": values.text,
            "quantity": values.amount,
            **POSTED,
        },
        _receipt_rule,
    ),
    Kind.NOT_CREDITED: Object({"retire_for": values.digest, "failures": Listed(FAILURE, 1, 1_000)}),
}
PEERS = {
    Kind.CARD: Object(
        {
            "card": values.plain_object,
            "signatures": Listed(
                Object({"key_id": values.encoded, "signature": values.encoded}), least=1, most=1_000
            ),
        }
    ),
    Kind.TEST: Object({"text": values.words}),
    Kind.NOTICE: Object(
        {
            "kind": values.choice(*NOTICES),
            "from": values.moment,
            "to": optional(values.moment),
            "text": values.words,
        }
    ),
}
AGREEMENTS = {
    Kind.VERSION: Object(
        {
            "text": values.document_text,
            "signatures": Listed(Object(PARTY_SIGNATURE), most=1_000),
        }
    ),
    Kind.SIGNATURE: Object({**TEXT, **PARTY_SIGNATURE}),
    Kind.EDGE_CHANGE: Object(
        {
            "agreement": values.text,
            "edge": values.text,
            "at": values.moment,
            "state": values.choice(*FOLLOWS),
            "cause": values.text,
            "grace_until": optional(values.day),
            "key_id": values.encoded,
            "signature": values.encoded,
        }
    ),
    Kind.COMMENT: Object(
        {
            **TEXT,
            "party": values.text,
            "at": values.moment,
            "clause": values.place,
            "text": values.opinion,
        }
    ),
    Kind.REJECTION: Object(
        {**TEXT, **PARTY_SIGNATURE, "at": values.moment, "reason": values.opinion}
    ),
}
# The form of the body of each kind of message; a query's stands beside those of its own kind.
BODIES = {**TRANSFERS, **NOTICES_OF_UNITS, **PEERS, **AGREEMENTS}
# What a message may say for accounting under Article 6, or null; docs/protocol.md.
ARTICLE6 = Object(
    {
        "cooperative_approach": optional(values.text),
        "authorisation_id": optional(values.text),
        "first_transfer": optional(values.choice(*FIRST_TRANSFERS)),
        "ca_required": values.boolean,
        "purpose": optional(values.choice(*PURPOSES)),
    }
)
