"""Whether a node keeps to docs/protocol.md, asked from outside, before a link goes live.

    python conformance.py URL --name probe.example --registry XX-REG --port 9001

It introduces itself as a node of its own: let the node under test introduce the address that is
printed and confirm the fingerprint, and the checks begin. They move no units: good messages are
tests and questions, proposals are to accounts that do not exist. Ends with 0 where all passed, 1
where something failed, 2 where nothing could be tried. Use a sandbox, and not a node in earnest.
"""

import argparse
import copy
import sys
import threading
import time
import uuid
from datetime import timedelta

from partner_wire import (
    MOST_BYTES,
    Node,
    Refused,
    canonical,
    fetch,
    fingerprint_of,
    moment,
    post,
    serve,
    sha256,
)

KINDS = (
    *("accepted", "rejected", "committed", "completed", "abort", "aborted", "status", "unknown"),
    *("onward", "went_on", "stayed"),
)
OTHERS = (
    *("card", "test", "notice", "used", "use_undone", "retire_for", "credited", "not_credited"),
    *("version", "signature", "edge_change", "comment", "rejection"),
)
MONTH = timedelta(days=30)
# Among them 400: a node may not know a kind, and says so.
FOR_GOOD = (400, 403, 404, 409, 422)


class Failed(Exception):
    """A check that did not pass; the text says what was seen."""


class Probe(Node):
    """A node that keeps what it hears."""

    def __init__(self, name, registry, **options):
        super().__init__(name, registry, **options)
        self.heard, self.news, self.target = [], threading.Condition(), None

    def keep(self, _sender, message):
        with self.news:
            self.heard.append(message)
            self.news.notify_all()

    def message(self, kind, body, transfer=None, **changes):
        self.outbox = []
        message = self.say(self.target, kind, body, transfer)
        self.said = {}
        return copy.deepcopy(message) | changes

    def bring(self, message, *, envelope=None, body=None, headers=None):
        """(status, answer) of a message, or of what is sent in its place."""
        url = self.peers[self.target]["url"].rstrip("/") + "/protocol/v1/messages"
        body = canonical(envelope or self.envelope(message)) if body is None else body
        return post(url, body, headers or self.signed_headers)

    def answers(self, transfer, kind, seconds=20):
        """The messages of a kind about a transfer, as soon as there is one."""
        with self.news:
            self.news.wait_for(lambda: self._found(transfer, kind), seconds)
            found = self._found(transfer, kind)
        if not found:
            raise Failed(f"no {kind} came within {seconds} s")
        return found

    def _found(self, transfer, kind):
        return [m for m in self.heard if (m["transfer"], m["kind"]) == (transfer, kind)]


for _kind in (*KINDS, *OTHERS, "propose"):
    setattr(Probe, f"hear_{_kind}", Probe.keep)


def applied(given, outcome="applied"):
    status, answer = given
    if status != 200 or answer.get("outcome") != outcome:
        raise Failed(f"200 {outcome} was expected, {status} {answer.get('code', answer)} came")


def refused(given, *statuses, codes=()):
    """A problem (RFC 9457) with a code, and one of the statuses that are possible."""
    status, answer = given
    if status not in statuses or not isinstance(answer.get("code"), str):
        expected = " or ".join(map(str, statuses))
        raise Failed(f"{expected} with a code was expected, {status} {answer} came"[:300])
    if codes and answer["code"] not in codes:
        raise Failed(f"the code was {answer['code']}, and not one of {', '.join(codes)}")


# Each check is named by what a node does.


def takes_a_test_message_once(probe):
    message = probe.message("test", {"text": "One, two."})
    applied(probe.bring(message))
    applied(probe.bring(message), "known")


def refuses_other_bytes_under_an_id(probe):
    message = probe.message("test", {"text": "One."})
    applied(probe.bring(message))
    refused(probe.bring(message | {"body": {"text": "Two."}}), 409, codes=["MESSAGE_ID_REUSED"])


def takes_what_was_written_a_month_ago(probe):
    at = moment(probe.clock() - MONTH)
    applied(probe.bring(probe.message("test", {"text": "Late."}, sent_at=at)))


def refuses_requests_without_a_signature(probe):
    def bare(_url, _body):
        return {"Content-Type": "application/json"}

    refused(probe.bring(probe.message("test", {"text": ""}), headers=bare), 401)


def refuses_a_clock_that_is_wrong(probe):
    for minutes in (-6, 6):
        now, message = probe.clock, probe.message("test", {"text": ""})
        probe.clock = lambda now=now, minutes=minutes: now() + timedelta(minutes=minutes)
        try:
            given = probe.bring(message)
        finally:
            probe.clock = now
        refused(given, 401)


def refuses_a_request_twice(probe):
    kept = {}

    def same(url, body):
        return kept or kept.update(probe.signed_headers(url, body)) or kept

    message = probe.message("test", {"text": ""})
    applied(probe.bring(message, headers=same))
    refused(probe.bring(message, headers=same), 401)


def refuses_a_body_that_was_changed(probe):
    def other(url, body):
        return probe.signed_headers(url, body.replace(b"One", b"Two"))

    refused(probe.bring(probe.message("test", {"text": "One"}), headers=other), 401)


def refuses_a_key_that_it_does_not_know(probe):
    stranger = Probe(probe.name, probe.registry, clock=probe.clock)
    stranger.peers, stranger.target = probe.peers, probe.target
    message = probe.message("test", {"text": ""})
    refused(stranger.bring(message), 401)
    refused(probe.bring(message, envelope=stranger.envelope(message)), 401, 403)


def refuses_a_message_that_was_changed(probe):
    envelope = probe.envelope(probe.message("test", {"text": "One"}))
    envelope["message"]["body"]["text"] = "Two"
    refused(probe.bring(None, envelope=envelope), 401, 403)


def refuses_messages_of_others_and_to_others(probe):
    message = probe.message("test", {"text": ""})
    refused(probe.bring(message | {"from": "other.example"}), 401, 403)
    refused(probe.bring(message | {"to": "other.example"}), 403, 422)


def refuses_what_is_not_of_the_form(probe):
    message = probe.message("test", {"text": ""})
    for changes in (
        {"kind": "gift"},
        {"protocol": 99},
        {"format": "concord-message-9"},
        {"id": message["id"].upper().replace("-", "")},
        {"sent_at": "yesterday"},
        {"transfer": 7},
        {"body": None},
        {"more": None},
    ):
        given = probe.bring({**message, "id": str(uuid.uuid4()), **changes})
        try:
            refused(given, 400, 413, 415, 422)
        except Failed as failed:
            raise Failed(f"{changes}: {failed}") from failed


def refuses_what_is_no_canonical_json(probe):
    whole = canonical(probe.envelope(probe.message("test", {"text": "x"})))
    for body in (
        b"",
        b"[]",
        b"\xff\xfe",
        whole.replace(b'"protocol":1', b'"protocol":1.0'),
        whole.replace(b'"protocol":1', b'"protocol":1,"protocol":1'),
        whole[:-20],
    ):
        refused(probe.bring(None, body=body), 400, 422)


def refuses_what_is_too_large(probe):
    body = canonical({"message": {"text": "x" * MOST_BYTES}})
    status, answer = probe.bring(None, body=body + b" " * 1_024)
    # Some close the connection while the body is still being sent.
    if status not in (0, 400, 413):
        raise Failed(f"413 was expected, {status} {answer} came"[:300])


def rejects_a_proposal_to_nobody(probe):
    transfer = str(uuid.uuid4())
    message = probe.message("propose", proposal(probe), transfer)
    status, answer = probe.bring(message)
    if status != 200:
        refused((status, answer), 400, 403, 404, 409, 422)
        return
    rejection = probe.answers(transfer, "rejected")[0]
    if rejection["body"]["propose"] != sha256(canonical(message)):
        raise Failed("the rejection does not name the proposal by its digest")
    if not all(each["code"] for each in rejection["body"]["failures"]):
        raise Failed("a failure has no code")
    question = probe.message("status", {"state": "asked"}, transfer)
    probe.heard.clear()
    with probe.lock:
        probe.inbox.clear()
    applied(probe.bring(question))
    again = probe.answers(transfer, "rejected")[0]
    if again != rejection:
        raise Failed("a rejection that is sent again is not the same message")


def refuses_a_proposal_that_contradicts_itself(probe):
    for changes in ({"quantity": "11"}, {"quantity": "010"}, {"edge": None}, {"blocks": []}):
        transfer = str(uuid.uuid4())
        given = probe.bring(probe.message("propose", {**proposal(probe), **changes}, transfer))
        if given[0] == 200:
            probe.answers(transfer, "rejected")
        else:
            refused(given, 400, 409, 422)


def says_that_it_does_not_know_a_transfer(probe):
    transfer = str(uuid.uuid4())
    message = probe.message("status", {"state": "asked"}, transfer)
    applied(probe.bring(message))
    if probe.answers(transfer, "unknown")[0]["about"] != message["id"]:
        raise Failed("`unknown` does not say which message it answers")


def takes_in_nothing_that_it_has_not_accepted(probe):
    now = moment(probe.clock())
    body = {
        "accepted": "0" * 64,
        "posting": "1",
        "at": now,
        "blocks": [["1", "10"]],
        "receipt": None,
    }
    message = probe.message("committed", body, str(uuid.uuid4()))
    refused(probe.bring(message), 403, 404, 409, 422)
    refused(probe.bring(message), 403, 404, 409, 422)


def waits_for_the_proposal_that_is_aborted(probe):
    message = probe.message("aborted", {"reason": "SOURCE_WITHDREW"}, str(uuid.uuid4()))
    refused(probe.bring(message), 425, 429, 503)


def refuses_uses_of_units_that_it_never_sent(probe):
    said = {"registry": probe.registry, "unit_type": "XXU", **posted(probe)}
    used = {"blocks": [["1", "10"]], "use": "surrender", "period": "2026", "entity": None}
    refused(probe.bring(probe.message("used", {**said, **used})), *FOR_GOOD)
    undone = probe.message("use-undone", {**said, "used": "1"})
    refused(probe.bring(undone), *FOR_GOOD, 425, 503)


def answers_retirements_for_nobody(probe):
    block = proposal(probe)["blocks"][0]
    use = {"registry": "NO-SUCH", "account": "NO-SUCH", "period": None}
    said = {"registry": probe.registry, "unit_type": "XXU", **posted(probe)}
    message = probe.message("retire-for", {**said, "block": block, "for": use})
    status, answer = probe.bring(message)
    if status != 200:
        refused((status, answer), *FOR_GOOD)
        return
    answer = probe.answers(None, "not-credited")[0]
    if answer["body"]["retire_for"] != sha256(canonical(message)):
        raise Failed("`not-credited` does not name the retirement by its digest")


def refuses_answers_to_what_it_never_said(probe):
    number = posted(probe)
    failure = {"code": "NO", "message": "", "hint": "", "data": {}}
    credited = {"unit_type": "XXU", "quantity": "1", "posting": "1", "receipt": number["receipt"]}
    for kind, body in (
        ("credited", {"retire_for": "0" * 64, **credited}),
        ("not-credited", {"retire_for": "0" * 64, "failures": [failure]}),
    ):
        refused(probe.bring(probe.message(kind, body)), *FOR_GOOD)
    for kind, body in (
        ("went-on", {"onward": "0" * 64, "second": str(uuid.uuid4())}),
        ("stayed", {"onward": "0" * 64, "failures": [failure]}),
    ):
        given = probe.bring(probe.message(kind, body, str(uuid.uuid4())))
        refused(given, *FOR_GOOD)


def refuses_to_send_on_to_nobody(probe):
    body = {"registry": "NO-SUCH", "account": "NO-SUCH", "period": None}
    given = probe.bring(probe.message("onward", body, str(uuid.uuid4())))
    refused(given, *FOR_GOOD)


def waits_for_the_text_that_is_spoken_of(probe):
    at = moment(probe.clock())
    text = {"agreement": "NO-SUCH", "version": 1, "digest": "0" * 64, "party": "XX"}
    proof = {"key_id": probe.issuer.id, "signature": probe.issuer.sign(b"nothing")}
    for kind, body in (
        ("signature", {**text, **proof}),
        ("comment", {**text, "at": at, "clause": "", "text": "Which year?"}),
        ("rejection", {**text, **proof, "at": at, "reason": "No."}),
    ):
        refused(probe.bring(probe.message(kind, body)), *FOR_GOOD, 425, 503)


def posted(probe) -> dict:
    """A posting of the probe's, as notices about units name one."""
    return {"posting": "1", "at": moment(probe.clock()), "receipt": None}


def proposal(probe) -> dict:
    """Units with a good certificate, to an account that does not exist."""
    at = moment(probe.clock())
    texts = ("legal_basis", "project", "activity", "sector", "mitigation_type")
    issuance = {
        "format": "concord-issuance-1",
        "registry": probe.registry,
        "unit_type": "XXU",
        **dict.fromkeys(texts, ""),
        "kind": "allowance",
        "metric": "tCO2e",
        "first": "1",
        "last": "10",
        "vintage": "2026",
        "vintage_from": "2026-01-01",
        "vintage_to": "2027-01-01",
        "usable_until": None,
        "posting": "1",
        "issued_at": at,
        "key_id": probe.issuer.id,
        "algorithm": "Ed25519",
        "signed_at": at,
    }
    signature = probe.issuer.sign(canonical(issuance))
    proof = {"format": "concord-certificate-1", "issuance": issuance, "signature": signature}
    proof |= {"first": "1", "last": "10"}
    proof["digest"] = sha256(canonical(proof))
    return {
        "agreement": "NO-SUCH",
        "version": 1,
        "digest": "0" * 64,
        "edge": "NO>SUCH",
        "method": "recognition",
        "unit_type": "XXU",
        "quantity": "10",
        "period": "2026",
        "source": {"registry": probe.registry, "account": "1", "holder_class": "covered"},
        "destination": {"registry": "NO-SUCH", "account": "NO-SUCH"},
        "blocks": [{"first": "1", "last": "10", "certificate": proof}],
        "expires_at": moment(probe.clock() + timedelta(hours=1)),
    }


CHECKS = (
    takes_a_test_message_once,
    refuses_other_bytes_under_an_id,
    takes_what_was_written_a_month_ago,
    refuses_requests_without_a_signature,
    refuses_a_clock_that_is_wrong,
    refuses_a_request_twice,
    refuses_a_body_that_was_changed,
    refuses_a_key_that_it_does_not_know,
    refuses_a_message_that_was_changed,
    refuses_messages_of_others_and_to_others,
    refuses_what_is_not_of_the_form,
    refuses_what_is_no_canonical_json,
    refuses_what_is_too_large,
    rejects_a_proposal_to_nobody,
    refuses_a_proposal_that_contradicts_itself,
    says_that_it_does_not_know_a_transfer,
    takes_in_nothing_that_it_has_not_accepted,
    waits_for_the_proposal_that_is_aborted,
    refuses_uses_of_units_that_it_never_sent,
    answers_retirements_for_nobody,
    refuses_answers_to_what_it_never_said,
    refuses_to_send_on_to_nobody,
    waits_for_the_text_that_is_spoken_of,
)


def check(probe, checks=CHECKS) -> dict:
    """What was seen of each check that failed, None for those that passed, by name."""
    results = {}
    for each in checks:
        try:
            each(probe)
            results[each.__name__] = None
        except Failed as failed:
            results[each.__name__] = str(failed)
    return results


def meet(probe, url):
    """Takes the card of the node under test as it is: a sandbox is trusted at first sight.

    Raises: Failed, Refused, OSError, ValueError.
    """
    document = fetch(url.rstrip("/") + "/protocol/v1/card")
    try:
        probe.target = probe.pin(document, fingerprint_of(document["card"], moment(probe.clock())))
    except (KeyError, TypeError, AttributeError) as error:
        raise Failed(f"the card has not the form of the protocol: {error!r}") from error
    if 1 not in document["card"]["protocols"]:
        raise Failed("the node does not speak version 1")


def wait(probe, seconds) -> bool:
    """Whether the node under test has pinned this one in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status, _answer = probe.bring(probe.message("test", {"text": "Are you there?"}))
        if status == 200:
            return True
        time.sleep(2)
    return False


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("url")
    options.add_argument("--name", required=True)
    options.add_argument("--registry", required=True)
    options.add_argument("--port", type=int, default=9001)
    options.add_argument("--wait", type=int, default=600, help="seconds until it is pinned")
    given = options.parse_args()
    probe = Probe(given.name, given.registry)
    serve(probe, given.port)
    try:
        meet(probe, given.url)
    except (Failed, Refused, OSError, ValueError) as error:
        sys.stderr.write(f"The card can not be had: {error}\n")
        return 2
    fingerprint = fingerprint_of(probe.card()["card"], moment(probe.clock()))
    sys.stdout.write(f"Introduce {probe.url} there, and confirm\n{fingerprint}\n")
    if not wait(probe, given.wait):
        sys.stderr.write("The node has not pinned this one: nothing was tried.\n")
        return 2
    results = check(probe)
    for name, seen in results.items():
        told = "pass" if seen is None else f"FAIL  {seen}"
        sys.stdout.write(f"{name.replace('_', ' '):<46} {told}\n")
    failures = sum(seen is not None for seen in results.values())
    sys.stdout.write(f"{len(results) - failures} passed, {failures} failed\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
