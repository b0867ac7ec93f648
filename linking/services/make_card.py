"""The node's own card: made anew from its rows whenever somebody asks."""

from django.conf import settings

from linking.cards import FORMAT
from linking.messages.envelope import PROTOCOLS
from registry import canonical
from registry.certificates import key_list
from registry.keys import signing, text_forms
from registry.keys.node import node_name
from registry.keys.provider import provider
from registry.models import KeyRecord, Registry
from registry.selectors.signing_keys import every_key

SIGNERS = (KeyRecord.Purpose.MESSAGE, KeyRecord.Purpose.ISSUANCE)


def make_card(*, at) -> dict:
    """The card, signed by the key for messages, and by those keys of registries that this process
    can use: on hosts without them a card has fewer signatures, and needs a person to confirm it.

    Raises: KeyUnavailable (NO_KEY_IN_FORCE, KEY_FILE_MISSING, ...).
    """
    card = {**said_of_oneself(), "made_at": canonical.instant(at)}
    signing.usable_key(KeyRecord.Purpose.MESSAGE, at=at)
    message = canonical.encode(card)
    keys = signing.in_force(at).filter(purpose__in=SIGNERS).order_by("pk")
    return {
        "card": card,
        "signatures": [
            {"key_id": key.key_id, "signature": text_forms.encode(signing.sign(key, message))}
            for key in keys
            if provider().has(key.key_id)
        ],
    }


def said_of_oneself() -> dict:
    """What the card says, but for the instant at which it is made."""
    hosted = Registry.objects.filter(hosted=True).select_related("jurisdiction")
    return {
        "format": FORMAT,
        "node": node_name(),
        "url": settings.CONCORD["NODE_URL"],
        "protocols": list(PROTOCOLS),
        "registries": [
            {"code": row.code, "jurisdiction": row.jurisdiction.code, "name": row.name_en}
            for row in hosted.order_by("code")
        ],
        "keys": key_list.document(every_key())["keys"],
    }
