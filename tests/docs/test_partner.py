"""docs/examples/partner.py plays both sides of a transfer, and Concord reads what it writes.

It goes through the recorded exchanges: what the other side says there is signed anew where it names
a message of the partner's by its digest, because the partner makes ids and moments of its own.
"""

import ast
import copy
import hashlib
import json
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from linking.digests.points import Points, written
from linking.digests.questions import answer, question
from linking.digests.view import Listed, View
from linking.messages import envelope
from linking.protocol import Verdict
from registry.certificates import documents, key_list, verification
from tests.linking.messages import keys, samples
from tests.linking.peers.example import EXAMPLES, FILES, modules
from tests.linking.protocol.exchanges import DIRECTORY, EXCHANGES

OWN = {samples.JP: "JP-GX", samples.KR: "KR-ETRS"}
NAMES = {"accepted": "propose", "rejected": "propose", "committed": "accepted"}
NAMES["completed"] = "committed"


@pytest.fixture(scope="module")
def partner():
    with modules() as example:
        yield example("partner")


@pytest.fixture(scope="module")
def wire(partner):
    return sys.modules["partner_wire"]


def node(partner, name, at=samples.AT, url=""):
    """A partner with the keys that are published for tests."""
    private = {"message": keys.private_key(name), "issuance": keys.private_key(OWN[name])}
    return partner.Partner(name, OWN[name], url=url, clock=lambda: at, private=private)


def met(partner, name, other, **options):
    """A partner that has pinned the card of another."""
    made = node(partner, name, **options)
    card = node(partner, other).card()
    made.pin(card, partner.fingerprint_of(card["card"], samples.at(0)))
    return made


@pytest.mark.parametrize("name", FILES)
def test_it_imports_nothing_of_the_project(name):
    """The standard library, cryptography, and its other files."""
    tree = ast.parse((EXAMPLES / f"{name}.py").read_text())
    roots = {
        (alias.name if isinstance(node, ast.Import) else node.module).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert roots - set(sys.stdlib_module_names) <= {"cryptography", *FILES}


def test_it_makes_the_recorded_bytes(wire):
    """Its canonical bytes, digests and signatures are the recorded ones."""
    for path in DIRECTORY.glob("*.json"):
        found = json.loads(path.read_text())
        for each in found if isinstance(found, list) else found.get("messages", ()):
            message = each["envelope"]["message"]
            assert wire.canonical(message).decode() == each["canonical"]
            assert wire.sha256(wire.canonical(message)) == each["digest"]
            signature = wire.unb64url(each["envelope"]["signature"])
            public = keys.public_key(message["from"])
            assert wire.holds(public, signature, each["canonical"].encode())


def test_its_certificates_hold(partner):
    """What it says of units is judged as any certificate."""
    made = node(partner, samples.JP)
    made.issue("account", "GXA", 1, 100)
    proof = made.certificate("GXA", 11, 20)
    listed = key_list.parse(json.dumps({"keys": made.card()["card"]["keys"]}).encode())
    assert verification.verify(partner.canonical(proof), listed).holds
    assert proof["format"] == documents.CERTIFICATE


@dataclass
class Play:
    """An exchange in which the partner is one side; the other side is as recorded."""

    partner: object
    exchange: dict
    role: str
    refused: type

    def __post_init__(self):
        self.recorded = {
            each["envelope"]["message"]["id"]: each["envelope"]["message"]
            for each in self.exchange["messages"]
        }
        self.theirs = {}

    def message(self, number):
        """A message of the other side, with the digest of what the partner has really said."""
        if number in self.theirs:
            return self.theirs[number]
        message = copy.deepcopy(self.recorded[number])
        member = NAMES.get(message["kind"])
        if member and self.step["agrees"]:
            said = self.partner.said[message["transfer"], member]
            message["body"][member] = envelope.digest(envelope.read(said)).hex()
        self.theirs[number] = message
        return message

    def hear(self, message):
        """What the partner answers, and the kinds of what it then says."""
        read = envelope.read(message)
        wrapped = {
            "message": message,
            "key_id": keys.key_id(message["from"]),
            "signature": keys.signature(message["from"], envelope.as_document(read)),
        }
        before = len(self.partner.outbox)
        try:
            outcome = self.partner.receive(message["from"], json.dumps(wrapped).encode())
        except self.refused as refusal:
            outcome = f"{refusal.status} {refusal.code}"
        said = [message for _to, message in self.partner.outbox[before:]]
        for each in said:
            given = envelope.unwrapped(self.partner.envelope(each))
            assert given.key_id == keys.key_id(self.partner.name)
        return outcome, [each["kind"] for each in said]

    def go(self):
        for step in self.exchange["steps"]:
            self.step = step
            if step["role"] == self.role and step["hears"]:
                yield step, *self.hear(self.message(step["hears"]))
            elif step["role"] == self.role and step["event"] in ("expire", "silence"):
                self.partner.ask_status()


# Where the destination's rules refuse or where it wants out, the example has no such rules.
PLAYED = sorted(set(EXCHANGES) - {"rejected", "abort_requested", "abort_too_late"})


@pytest.mark.parametrize("name", PLAYED)
def test_it_plays_the_destination(partner, wire, name):
    """It hears each message of an exchange, says what the table says, and ends where it ends."""
    exchange = json.loads((DIRECTORY / f"{name}.json").read_text())
    began = exchange["messages"][0]["envelope"]["message"]["sent_at"]
    made = met(partner, samples.KR, samples.JP, at=datetime.fromisoformat(began))
    if name == "came_home":
        body = exchange["messages"][0]["envelope"]["message"]["body"]
        made.abroad[samples.JP] = partner.units_of(body)
    state = "none"
    for step, outcome, said in Play(made, exchange, "destination", wire.Refused).go():
        expected = {Verdict.CONTRADICTION: "409 TRANSFER_CONTRADICTED"}
        expected[Verdict.TOO_EARLY] = "425 PROPOSAL_IS_UNDER_WAY"
        assert outcome in (expected.get(step["verdict"], "applied"), "known")
        half = made.halves.get(exchange["transfer"])
        state = half.state if half else "none"
        if step["event"] == "propose":
            assert (state, said) in (("accepted", ["accepted"]), ("aborted", []))
        else:
            kinds = {exchange_kind(exchange, number) for number in step["sends"]}
            assert outcome == "known" or set(said) == kinds
            assert state == step["after"]
    held = sum(len(units) for units in made.accounts.values())
    assert held == (1000 if state == "completed" else 0)


def exchange_kind(exchange, number):
    for each in exchange["messages"]:
        if each["envelope"]["message"]["id"] == number:
            return each["envelope"]["message"]["kind"]
    return None


def ready(partner):
    """A source whose proposal is under way, as the completed exchange has it."""
    made = met(partner, samples.JP, samples.KR)
    made.issue("JP-1001-4", "GXA", 1, 1000)
    agreement = {"agreement": "JP-KR", "version": 1, "digest": samples.DIGEST, "edge": "JP>KR"}
    to = ("KR-ETRS", "KR-2002-7")
    name = made.send(samples.KR, agreement, "JP-1001-4", to, "GXA", 1, 1000)
    return made, name


def answered(made, transfer, kind, number, **changes):
    """A message of kr.example to the source, signed."""
    body = samples.bodies()[kind] | changes
    if kind in NAMES:
        said = made.said.get((transfer, NAMES[kind]))
        body.setdefault(NAMES[kind], "")
        if said and NAMES[kind] not in changes:
            body[NAMES[kind]] = envelope.digest(envelope.read(said)).hex()
    message = samples.document(kind, body=body, transfer=transfer)
    message |= {"from": samples.KR, "to": samples.JP}
    message["id"] = f"00000000-0000-4000-8000-{number:012d}"
    wrapped = {
        "message": message,
        "key_id": keys.key_id(samples.KR),
        "signature": keys.signature(samples.KR, message),
    }
    return json.dumps(wrapped).encode()


def test_it_plays_the_source(partner):
    """It proposes what it holds, commits when that is accepted in time, and does so once."""
    made, transfer = ready(partner)
    (_to, proposal), *_rest = made.outbox
    assert envelope.read(proposal).kind == "propose"
    accepted = answered(made, transfer, "accepted", 1)
    assert made.receive(samples.KR, accepted) == "applied"
    assert made.receive(samples.KR, accepted) == "known"
    committed = envelope.read(made.outbox[-1][1])
    assert (committed.kind, len(made.outbox)) == ("committed", 2)
    assert made.halves[transfer].state == "committed"
    assert made.receive(samples.KR, answered(made, transfer, "abort", 2)) == "applied"
    assert made.outbox[-1][1]["id"] == str(committed.id)
    assert made.receive(samples.KR, answered(made, transfer, "completed", 3)) == "applied"
    assert made.halves[transfer].state == "completed"
    assert made.accounts["JP-1001-4"] == set()
    assert len(made.abroad[samples.KR]) == 1000


@pytest.mark.parametrize(
    ("kind", "changes", "state"),
    [
        ("rejected", {}, "rejected"),
        ("abort", {}, "aborted"),
        ("accepted", {"valid_until": samples.at(299)}, "aborted"),
    ],
)
def test_a_source_whose_units_stay_has_them_back(partner, kind, changes, state):
    """Rejected, released on request, or accepted for less than the skew: nothing leaves."""
    made, transfer = ready(partner)
    assert made.receive(samples.KR, answered(made, transfer, kind, 1, **changes)) == "applied"
    assert made.halves[transfer].state == state
    assert len(made.accounts["JP-1001-4"]) == 1000
    assert [message["kind"] for _to, message in made.outbox[1:]] == ["aborted"] * (
        state == "aborted"
    )


def test_what_contradicts_is_refused(partner, wire):
    """Another digest, another bytes under an id, another node's name: nothing changes."""
    made, transfer = ready(partner)
    for kind, changes in (("accepted", {"propose": "0" * 64}), ("completed", {})):
        with pytest.raises(wire.Refused, match="TRANSFER_CONTRADICTED"):
            made.receive(samples.KR, answered(made, transfer, kind, 1, **changes))
    good = answered(made, transfer, "status", 1)
    assert made.receive(samples.KR, good) == "applied"
    with pytest.raises(wire.Refused, match="MESSAGE_ID_REUSED"):
        made.receive(samples.KR, answered(made, transfer, "status", 1, state="asked"))
    with pytest.raises(wire.Refused, match="MESSAGE_SIGNATURE_INVALID"):
        made.receive(samples.KR, good.replace(b'"accepted"', b'"asked"'))
    with pytest.raises(wire.Refused, match="MESSAGE_OF_ANOTHER"):
        made.receive("cn.example", good)
    assert made.halves[transfer].state == "asked"


class Resolver(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        return Ed25519PublicKey.from_public_bytes(keys.public_key(samples.JP))

    def resolve_private_key(self, key_id):
        return keys.private_key(samples.JP)


@dataclass
class Request:
    method: str
    url: str
    headers: dict


URL = "http://kr.example/protocol/v1/messages"


def test_its_requests_are_signed_as_rfc_9421_says(partner):
    """An implementation of its own verifies them, and it verifies that one's."""
    at = datetime.now(UTC)
    made = met(partner, samples.JP, samples.KR, at=at)
    request = Request("POST", URL, made.signed_headers(URL, b"{}"))
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Resolver())
    (result,) = verifier.verify(request, max_age=timedelta(minutes=5))
    verifier.verify_body(request, [result], b"{}")

    other = met(partner, samples.KR, samples.JP, at=at)
    theirs = Request("POST", URL, {})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Resolver())
    signer.sign(
        theirs,
        key_id=keys.key_id(samples.JP),
        created=at,
        nonce="once",
        label="concord",
        covered_component_ids=("@method", "@target-uri"),
        body=b"{}",
    )
    assert other.sender_of(URL, theirs.headers, b"{}") == samples.JP
    refusals = {
        "SIGNATURE_REPLAYED": (URL, theirs.headers, b"{}"),
        "BODY_CHANGED": (URL, theirs.headers, b"[]"),
        "SIGNATURE_INVALID": (URL + "/", theirs.headers, b"{}"),
    }
    for code, given in refusals.items():
        with pytest.raises(Exception, match=code):
            other.sender_of(*given)


@pytest.mark.parametrize("seed", range(12))
def test_its_digests_are_those_of_the_node(partner, seed):
    """Asked about any part of its books, it answers what this project answers of the same."""
    chosen = random.Random(seed)
    serials = {chosen.randrange(1, 16 ** chosen.choice((2, 4, 9))) for _number in range(40)}
    made = node(partner, samples.JP)
    made.accounts["a"] = {("KAU", serial) for serial in serials}
    points = Points("KR-ETRS/KAU")
    books = sys.modules["partner_books"]
    view = View(Listed(books.runs_of(serials), points), points)
    asked = {"home": "KR-ETRS", "partner": "JP-GX", "unit_type": "KAU"}
    whole = made.answer_digests(samples.KR, asked)
    assert whole["digest"] == hashlib.sha256(written(view.root())).hexdigest()
    assert whole["units"] == str(len(serials))
    nodes = [(level, min(serials) >> 4 * level) for level in (16, 12, 8, 7, 4, 2, 1)]
    said = question(children=nodes, ends=nodes[2:])
    answered = made.answer_ranges(samples.KR, {**asked, "position": "0", "question": said})
    assert answered["answer"] == json.loads(json.dumps(answer(view, said)))


def test_two_partners_transfer_and_return(partner, wire):
    """Over HTTP: out, refused, and home again; each unit is in one place afterwards."""
    here = partner.Partner("a.example", "AA-REG")
    there = partner.Partner("b.example", "BB-REG")
    servers = [wire.serve(each, 0) for each in (here, there)]
    for one, other in ((here, there), (there, here)):
        card = wire.fetch(other.url + "/protocol/v1/card")
        one.pin(card, partner.fingerprint_of(card["card"], partner.moment(one.clock())))
    here.issue("a1", "AAU", 1, 100)
    agreement = {"agreement": "A-B", "version": 1, "digest": samples.DIGEST, "edge": "A>B"}
    out = here.send("b.example", agreement, "a1", ("BB-REG", "b1"), "AAU", 11, 20)
    wrong = here.send("b.example", agreement, "a1", ("CC-REG", "c1"), "AAU", 21, 30)
    _talk(here, there)
    assert (here.halves[out].state, there.halves[out].state) == ("completed", "completed")
    assert (here.halves[wrong].state, there.halves[wrong].state) == ("rejected", "rejected")
    home = there.send("a.example", None, "b1", ("AA-REG", "a1"), "AAU", 15, 20)
    _talk(there, here)
    assert (there.halves[home].state, here.halves[home].state) == ("completed", "completed")
    assert len(here.accounts["a1"]) == 96
    assert there.accounts["b1"] == here.abroad["b.example"] == {("AAU", n) for n in range(11, 15)}
    for server in servers:
        server.shutdown()
        server.server_close()


def _talk(one, other):
    for _turn in range(6):
        one.deliver()
        other.deliver()
    assert one.outbox == other.outbox == []
