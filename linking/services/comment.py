"""Say something about a clause of a proposed version."""

from django.db import transaction

from linking import permissions
from linking.errors import failure
from linking.messages.values import LONGEST_OPINION, LONGEST_PLACE
from linking.models import Comment
from linking.selectors import agreements
from registry.errors import Conflict, InvalidInput
from registry.lines import text_failure

from .tell_parties import tell_comment


@transaction.atomic
def comment(*, actor, agreement, party, said, at) -> Comment:
    """`said` is (clause, text); the clause is named by its JSON pointer. The nodes of the other
    parties are told.

    Raises: NotPermitted (NOT_A_PARTY), NotFound, InvalidInput, Conflict (NOT_PROPOSED).
    """
    of = agreements.agreement(agreement)
    commenting = permissions.require_party(actor, of, party)
    clause, text = said
    for name, value, longest in (
        ("clause", clause, LONGEST_PLACE),
        ("text", text, LONGEST_OPINION),
    ):
        wrong = text_failure(value, name, longest)
        if wrong:
            raise InvalidInput(wrong)
    if not clause.isprintable():
        raise InvalidInput(failure("WRONG_TYPE", wanted="JSON pointer", pointer="/clause"))
    version = agreements.proposed(of)
    if version is None:
        raise Conflict(failure("NOT_PROPOSED"))
    made = Comment.objects.create(
        version=version,
        party=commenting,
        person_id=actor.person_id,
        clause=clause,
        text=text,
        at=at,
    )
    tell_comment(made, at=at)
    return made
