"""Make a fresh node a member of a federation for trying: who administers it, and units to send.

What its partners keep is reference data here; the accounts that stand for them are opened.
"""

from django.db import transaction

from registry.services import people
from registry.services.api_keys import issue_key
from registry.services.walkthrough import BOTH, find_or_add
from scenarios.services.example_units import examples, issue_examples
from scenarios.services.load_links import open_link_accounts

SET = "federation"
KEY_LABEL = "federation"
ADMINISTRATORS = ("administrator-1", "administrator-2")


@transaction.atomic
def prepare_member(*, known, at) -> dict[str, str]:
    """The keys of the node's two administrators by username; `known` are those of an earlier call.

    Each administers the node and its registries, and approves what the other one proposes. Who has
    no key in `known` is given one.

    Raises: DomainError where the registry refuses.
    """
    keeper = people.system_actor(username="example-links", display_name="Loader of example links")
    open_link_accounts(keeper, registries(), at)
    issue_examples(SET, keeper, at=at)
    keys = {}
    for username in ADMINISTRATORS:
        name = username.replace("-", " ")
        person = find_or_add(keeper, username, name, BOTH)
        keys[username] = (
            known.get(username)
            or issue_key(actor=keeper, person_id=person.pk, label=KEY_LABEL, at=at).text
        )
    return keys


def registries() -> list[str]:
    """The codes of the registries between which units go, of all members."""
    return sorted({row.registry for row in examples(SET)})
