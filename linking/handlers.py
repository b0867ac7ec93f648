"""What becomes of each kind of message and of each query, by dotted path.

A handler takes (peer, row, message, at): the peer that sent it, its row in the inbox, what it says,
and the instant. It runs in the transaction in which the row was written, and raises DomainError to
refuse: then nothing is written. A query's function takes (peer, message, at) and returns the body
of the answer.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Query:
    """The dotted paths of the form of a query, of the form of its answer, and of who answers."""

    asked: str
    answered: str
    by: str


HANDLERS = {
    "version": "linking.services.hear_parties.version_received",
    "signature": "linking.services.hear_parties.signature_received",
    "edge-change": "linking.services.hear_parties.change_received",
    "comment": "linking.services.hear_parties.comment_received",
    "rejection": "linking.services.hear_parties.rejection_received",
    "card": "linking.services.keep_peer.card_received",
    "test": "linking.services.keep_peer.nothing_to_do",
    "notice": "linking.services.keep_peer.nothing_to_do",
    "used": "linking.services.keep_uses.hear_used",
    "use-undone": "linking.services.keep_uses.hear_use_undone",
    "retire-for": "linking.services.hear_retirement.hear_retire_for",
    "credited": "linking.services.retire_for.hear_credited",
    "not-credited": "linking.services.retire_for.hear_not_credited",
    "propose": "linking.services.crossing.hear_proposal.hear_proposal",
    "accepted": "linking.services.crossing.hear_answers.hear_accepted",
    "rejected": "linking.services.crossing.hear_answers.hear_rejected",
    "completed": "linking.services.crossing.hear_answers.hear_completed",
    "abort": "linking.services.crossing.hear_answers.hear_abort",
    "committed": "linking.services.crossing.settle.hear_committed",
    "aborted": "linking.services.crossing.settle.hear_aborted",
    "status": "linking.services.crossing.ask_status.hear_status",
    "unknown": "linking.services.crossing.ask_status.hear_unknown",
    "onward": "linking.services.crossing.hear_onward.hear_onward",
    "went-on": "linking.services.crossing.hear_onward.hear_went_on",
    "stayed": "linking.services.crossing.hear_onward.hear_stayed",
}
FORMS = "linking.messages.query_bodies"
ANSWERS = "linking.services.answer_partners"
QUERIES = {
    kind: Query(
        f"{FORMS}.{kind.upper()}", f"{FORMS}.{kind.upper()}_ANSWER", f"{ANSWERS}.answer_{kind}"
    )
    for kind in ("held", "digests", "posted", "ranges", "differences", "network")
}
