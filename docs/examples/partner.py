"""A registry that is a partner by docs/protocol.md alone: Python and the package cryptography.

    python partner.py --name partner.example --registry XX-REG --port 9000 [--peer URL --pin HEX]

It answers what its peers propose, and `send` proposes units of its own. It is an example to read
and to test against: its ledger is in memory, and its accounts take whatever comes.
"""

import argparse
import time
import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace

from partner_books import Books
from partner_wire import (
    SKEW,
    Node,
    Refused,
    canonical,
    fetch,
    fingerprint_of,
    holds,
    in_force,
    moment,
    serve,
    sha256,
    unb64url,
)

VALID = timedelta(hours=1)
WAITING = (("source", "asked"), ("source", "committed"), ("destination", "accepted"))


class Partner(Books, Node):
    """A node with one registry, which keeps who holds what as sets of serials."""

    def __init__(self, name, registry, **options):
        super().__init__(name, registry, **options)
        self.halves, self.cases, self.accounts, self.issued, self.abroad = {}, [], {}, {}, {}
        self.postings, self.views = 0, {}

    def issue(self, account, unit_type, first, last):
        """New units, signed by the registry."""
        at, year, self.postings = moment(self.clock()), self.clock().year, self.postings + 1
        texts = ("legal_basis", "project", "activity", "sector", "mitigation_type")
        issuance = dict.fromkeys(texts, "") | {
            "format": "concord-issuance-1", "registry": self.registry, "unit_type": unit_type,
            "kind": "allowance", "metric": "tCO2e", "first": str(first), "last": str(last),
            "vintage": str(year), "vintage_from": f"{year}-01-01",
            "vintage_to": f"{year + 1}-01-01", "usable_until": None,
            "posting": str(self.postings), "issued_at": at, "signed_at": at,
            "key_id": self.issuer.id, "algorithm": "Ed25519",
        }  # fmt: skip
        self.issued[unit_type, first, last] = issuance, self.issuer.sign(canonical(issuance))
        units = {(unit_type, serial) for serial in range(first, last + 1)}
        self.accounts.setdefault(account, set()).update(units)

    def certificate(self, unit_type, first, last) -> dict:
        for (of, begins, ends), (issuance, signature) in self.issued.items():
            if of == unit_type and begins <= first <= last <= ends:
                proof = {"format": "concord-certificate-1", "issuance": issuance}
                proof |= {"signature": signature, "first": str(first), "last": str(last)}
                return {**proof, "digest": sha256(canonical(proof))}
        raise Refused(422, "BLOCK_NOT_HELD")

    # The source: asked, then committed and completed, or rejected or aborted.

    def send(self, to, agreement, source, destination, unit_type, first, last, period=None) -> str:
        """Proposes units of an account; the name of the transfer. `agreement` has agreement,
        version, digest and edge, or is None where the units go home."""
        is_home = agreement is None
        proof = None if is_home else self.certificate(unit_type, first, last)
        body = (agreement or dict.fromkeys(("agreement", "version", "digest", "edge"))) | {
            "method": "repatriation" if is_home else "recognition",
            "source": {"registry": self.registry, "account": source, "holder_class": "covered"},
            "destination": dict(zip(("registry", "account"), destination, strict=True)),
            "unit_type": unit_type, "quantity": str(last - first + 1), "period": period,
            "blocks": [{"first": str(first), "last": str(last), "certificate": proof}],
            "expires_at": moment(self.clock() + timedelta(days=1)),
        }  # fmt: skip
        with self.lock:
            if not units_of(body) <= self.accounts.get(source, set()):
                raise Refused(422, "BLOCK_NOT_HELD")
            self.accounts[source] -= units_of(body)
            transfer = str(uuid.uuid4())
            self.begin(transfer, "source", "asked", to, body)
            self.say(to, "propose", body, transfer)
        return transfer

    def begin(self, transfer, role, state, peer, propose):
        half = SimpleNamespace(role=role, state=state, peer=peer, propose=propose)
        half.units, half.valid_until, half.posting = units_of(propose), None, None
        self.halves[transfer] = half
        return half

    def give_back(self, half, state):
        half.state = state
        self.accounts[half.propose["source"]["account"]] |= half.units

    def hear_accepted(self, sender, message):
        half = self.half(sender, message, "source", of="propose")
        if half.state == "asked":
            until = datetime.fromisoformat(message["body"]["valid_until"])
            if self.clock() < until - SKEW:
                # The commit point: the units leave, and the message that says so stands with it.
                half.state = "committed"
                self.abroad.setdefault(sender, set()).update(half.units)
                blocks = [[block["first"], block["last"]] for block in half.propose["blocks"]]
                said = {"accepted": sha256(canonical(message)), "at": moment(self.clock())}
                said |= {"blocks": blocks, **self.posted(half)}
                self.say(sender, "committed", said, message["transfer"], message["id"])
                return
            self.give_back(half, "aborted")
        if half.state in ("aborted", "rejected"):
            self.again(sender, half, message["transfer"])

    def hear_rejected(self, sender, message):
        half = self.half(sender, message, "source", of="propose")
        if half.state == "asked":
            self.give_back(half, "rejected")
        elif half.state not in ("aborted", "rejected"):
            raise Refused(409, "TRANSFER_CONTRADICTED")

    def hear_completed(self, sender, message):
        self.half(sender, message, "source", of="committed").state = "completed"

    def hear_abort(self, sender, message):
        half = self.half(sender, message, "source")
        if half.state == "asked":
            self.give_back(half, "aborted")
        self.again(sender, half, message["transfer"])

    def undeliverable(self, message, answer):
        half = self.halves.get(message["transfer"])
        if half and message["kind"] == "propose" and half.state == "asked":
            self.give_back(half, "rejected")
        else:
            self.cases.append((message["kind"], answer.get("code")))

    # The destination: accepted, then completed or aborted; or rejected.

    def hear_propose(self, sender, message):
        transfer, body = message["transfer"], message["body"]
        if transfer in self.halves:
            return
        code = self.failure(sender, body)
        half = self.begin(transfer, "destination", "rejected" if code else "accepted", sender, body)
        answer = {"propose": sha256(canonical(message))}
        if code:
            answer["failures"] = [{"code": code, "message": code, "hint": "", "data": {}}]
        else:
            half.valid_until = self.clock() + VALID
            answer |= {"valid_until": moment(half.valid_until), "credited_t": body["quantity"]}
            answer |= {"withheld": "0", "factor": "1", "edge": body["edge"]}
        self.say(sender, half.state, answer, transfer, message["id"])

    def failure(self, sender, body):
        """The rule that refuses a proposal, if one does."""
        if len(units_of(body)) != int(body["quantity"]):
            return "QUANTITY_DIFFERS"
        if body["destination"]["registry"] != self.registry:
            return "NOT_ON_THIS_NODE"
        if body["method"] == "repatriation":
            away = self.abroad.get(sender, set())
            return None if units_of(body) <= away else "BLOCK_NOT_HELD_ABROAD"
        held = set().union(*self.accounts.values())
        if units_of(body) & held:
            return "BLOCK_HELD_HERE"
        coming = [half for half in self.halves.values() if half.role == "destination"]
        if any(units_of(body) & half.units for half in coming if half.state == "accepted"):
            return "BLOCK_PROMISED"
        proved = all(self.proves(sender, block, body["unit_type"]) for block in body["blocks"])
        return None if proved else "CERTIFICATE_DOES_NOT_HOLD"

    def proves(self, sender, block, unit_type) -> bool:
        """Whether a certificate is the signature of one of the sender's registries."""
        issued, signature = (block["certificate"][n] for n in ("issuance", "signature"))
        key = self.peers[sender]["keys"].get(issued["key_id"])
        ends = (issued["first"], block["first"], block["last"], issued["last"])
        ends = [int(each) for each in ends]
        return bool(
            key
            and (key["concord"]["purpose"], key["concord"]["registry"])
            == ("issuance", issued["registry"])
            and in_force(key, issued["signed_at"])
            and issued["unit_type"] == unit_type
            and ends == sorted(ends)
            and holds(unb64url(key["x"]), unb64url(signature), canonical(issued))
        )

    def hear_committed(self, sender, message):
        half = self.half(sender, message, "destination", of="accepted")
        if half.state == "completed":
            return
        body = message["body"]
        told = [{"first": first, "last": last} for first, last in body["blocks"]]
        same = units_of(half.propose | {"blocks": told}) == half.units
        if half.state != "accepted" or not same or body["at"] >= moment(half.valid_until):
            raise Refused(409, "TRANSFER_CONTRADICTED")
        half.state = "completed"
        if half.propose["method"] == "repatriation":
            self.abroad[sender] -= half.units
        account = half.propose["destination"]["account"]
        self.accounts.setdefault(account, set()).update(half.units)
        answer = {"committed": sha256(canonical(message)), "suspense": False, **self.posted(half)}
        self.say(sender, "completed", answer, message["transfer"], message["id"])

    def hear_aborted(self, sender, message):
        if message["transfer"] not in self.halves:
            raise Refused(425, "PROPOSAL_IS_UNDER_WAY")
        half = self.half(sender, message, "destination")
        if half.state == "completed":
            raise Refused(409, "TRANSFER_CONTRADICTED")
        if half.state == "accepted":
            half.state = "aborted"

    # Either side.

    def hear_status(self, sender, message):
        half = self.halves.get(message["transfer"])
        if half is None:
            self.say(sender, "unknown", {}, message["transfer"], message["id"])
        else:
            self.again(sender, half, message["transfer"])

    def hear_unknown(self, sender, message):
        half = self.half(sender, message, "source")
        if half.state in ("asked", "committed"):
            self.again(sender, half, message["transfer"])

    def hear_test(self, sender, message):
        """Nothing is done about it."""

    def hear_used(self, sender, message):
        """Units that were used there had been sent there."""
        told = [{"first": first, "last": last} for first, last in message["body"]["blocks"]]
        if not units_of(message["body"] | {"blocks": told}) <= self.abroad.get(sender, set()):
            raise Refused(422, "NOT_BOOKED_ABROAD")

    hear_notice = hear_test

    def hear_card(self, sender, message):
        """A new card of a peer that is pinned already, told under a key that is known."""
        card = message["body"]["card"]
        if card["node"] == sender and card["made_at"] > self.peers[sender]["made_at"]:
            self.pin(message["body"], fingerprint_of(card, moment(self.clock())))

    def again(self, sender, half, transfer):
        """Says the last own message again; an end that was never said is said as `aborted`."""
        kinds = {"asked": "propose", "completed": "committed", "rejected": "aborted"}
        kind = kinds.get(half.state, half.state) if half.role == "source" else half.state
        if (half.role, kind) != ("destination", "aborted"):
            self.say(sender, kind, {"reason": "SOURCE_WITHDREW"}, transfer)

    def ask_status(self):
        """After long silence: what has become of those that wait?"""
        with self.lock:
            for transfer, half in self.halves.items():
                if (half.role, half.state) in WAITING:
                    self.say(half.peer, "status", {"state": half.state}, transfer)

    def half(self, sender, message, role, of=None):
        """The half that a message is about, which has to name what this side has said."""
        half = self.halves.get(message["transfer"])
        told = self.said.get((message["transfer"], of))
        named = of is None or (told and sha256(canonical(told)) == message["body"][of])
        if half is None or (half.role, half.peer) != (role, sender) or not named:
            raise Refused(409, "TRANSFER_CONTRADICTED")
        return half

    def posted(self, half) -> dict:
        half.posting = self.postings = self.postings + 1
        return {"posting": str(self.postings), "receipt": None}


def units_of(body) -> set:
    runs = [(int(block["first"]), int(block["last"])) for block in body["blocks"]]
    if sum(last - first + 1 for first, last in runs) > 1_000_000:
        raise ValueError("more than this example keeps")
    return {(body["unit_type"], n) for first, last in runs for n in range(first, last + 1)}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--name", "--registry"):
        options.add_argument(name, required=True)
    options.add_argument("--port", type=int, default=9000)
    options.add_argument("--peer", help="the address of a node to pin")
    options.add_argument("--pin", help="its fingerprint, which came by another way")
    given = options.parse_args()
    partner = Partner(given.name, given.registry)
    serve(partner, given.port)
    print(partner.url, fingerprint_of(partner.card()["card"], moment(partner.clock())))  # noqa: T201
    if given.peer:
        partner.pin(fetch(given.peer.rstrip("/") + "/protocol/v1/card"), given.pin)
    for second in range(10**9):
        partner.deliver()
        if second % 600 == 599:
            partner.ask_status()
        time.sleep(1)


if __name__ == "__main__":
    main()
