"""Say something about a clause of a proposed version."""

from linking import permissions
from linking.errors import failure
from linking.models import Comment
from linking.selectors import agreements
from registry.errors import Conflict, InvalidInput
from registry.lines import text_failure

LONGEST = 10_000


def comment(*, actor, agreement, party, said, at) -> Comment:
    """`said` is (clause, text); the clause is named by its JSON pointer.

    Raises: NotPermitted (NOT_A_PARTY), NotFound, InvalidInput, Conflict (NOT_PROPOSED).
    """
    of = agreements.agreement(agreement)
    commenting = permissions.require_party(actor, of, party)
    clause, text = said
    for name, value, longest in (("clause", clause, 200), ("text", text, LONGEST)):
        wrong = text_failure(value, name, longest)
        if wrong:
            raise InvalidInput(wrong)
    version = agreements.proposed(of)
    if version is None:
        raise Conflict(failure("NOT_PROPOSED"))
    return Comment.objects.create(
        version=version,
        party=commenting,
        person_id=actor.person_id,
        clause=clause,
        text=text,
        at=at,
    )
