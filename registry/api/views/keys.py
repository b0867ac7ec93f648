"""The keys that programs act with. Everyone sees, rotates and revokes their own."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.response import Response

from registry.api import key_forms, queries
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.selectors import keys
from registry.services import api_keys

from .base import Collection, Resource, Thing

WRITES = {
    "answers": {201: key_forms.NewKeyDocument},
    "problems": described.WRITTEN,
    "parameters": [described.KEY_PARAMETER, described.REPLAYED],
}


class NewKey(Resource):
    """Answers with the key's text, once: what is kept to be answered again is without it."""

    def kept(self, data):
        return {**data, "text": None} if "text" in data else data

    def answer(self, issued):
        document = key_forms.NewKeyDocument(key_forms.with_text(issued)).data
        return Response(document, status=201)


@described.extend_schema_view(
    get=described.operation(
        "listKeys",
        "Your keys; all keys for those who manage them",
        answers={200: described.page_of(key_forms.KeyDocument)},
        query=queries.Page,
    ),
    post=described.operation(
        "makeKey",
        "Make a secret, or register the public half of a signing key",
        body=key_forms.KeyRequest,
        description=(
            "The text of a secret is in this answer and nowhere else: not in the answer to a "
            "repeated request either. With public_key the key signs requests (RFC 9421)."
        ),
        **WRITES,
    ),
)
class Keys(NewKey, Collection):
    is_of_registries = False
    document = key_forms.KeyDocument
    listed_by = queries.Page

    def rows(self, actor, *, after, limit):
        rows = keys.visible(actor, managers=api_keys.MANAGERS).filter(pk__gt=after or 0)
        return list(rows.order_by("pk")[: limit + 1])

    def post(self, request):
        said = read_form(key_forms.KeyRequest, request)
        given = {
            "actor": request.actor,
            "person_id": keys.person_named(said["person"]),
            "label": said["label"],
            "at": timezone.now(),
            "rights": api_keys.Rights(
                tuple(said.get("scopes", api_keys.ALL_SCOPES)),
                tuple(said.get("networks", ())),
                said.get("expires_at"),
            ),
        }
        if "public_key" in said:
            issued = api_keys.register_key(public_key=said["public_key"], **given)
        else:
            issued = api_keys.issue_key(**given)
        return self.answer(issued)


@described.reads("getKey", "One key", key_forms.KeyDocument)
class Key(Thing):
    document = key_forms.KeyDocument

    def find(self, actor, number):
        return api_keys.find_key(actor, number_of(number))


@described.extend_schema_view(
    post=described.operation(
        "rotateKey",
        "Replace a key; the old one ends after the overlap",
        body=key_forms.RotationRequest,
        **WRITES,
    )
)
class Rotation(NewKey):
    def post(self, request, number):
        said = read_form(key_forms.RotationRequest, request)
        return self.answer(
            api_keys.rotate_key(
                actor=request.actor,
                key_id=number_of(number),
                at=timezone.now(),
                overlap=timedelta(seconds=min(said.get("overlap_s", 86_400), 10**9)),
                public_key=said.get("public_key"),
            )
        )


@described.extend_schema_view(
    post=described.operation(
        "revokeKey",
        "End a key at once",
        answers={201: key_forms.KeyDocument},
        body=queries.Nothing,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED],
    )
)
class Revocation(Resource):
    def post(self, request, number):
        read_form(queries.Nothing, request)
        revoked = api_keys.revoke_key(
            actor=request.actor, key_id=number_of(number), at=timezone.now()
        )
        return Response(key_forms.KeyDocument(revoked).data, status=201)
