"""What the log of readings says of each."""

from rest_framework import serializers

from registry.models import Reading

from .documents import Number, Word


class ReadingDocument(serializers.Serializer):
    """One answer that a person has read, or that they were refused. It tells what was asked, and
    of how much was answered; what was answered it does not tell."""

    id = Number(source="pk")
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username")
    key = Number(source="api_key_id", allow_null=True, help_text="Null where no key was used.")
    face = Word(Reading.Face.values)
    route = serializers.CharField(
        help_text="As this description writes it; of a page, its name in the pages."
    )
    parameters = serializers.DictField(
        child=serializers.CharField(), help_text="Of the address, by their names."
    )
    filters = serializers.ListField(
        child=serializers.CharField(), help_text="The names of what the query gave; no values."
    )
    registries = serializers.ListField(
        source="codes",
        child=serializers.CharField(),
        help_text="Whose data was in the answer; of a streamed list, whose could be in it.",
    )
    count = serializers.IntegerField(
        allow_null=True, help_text="Of objects in the answer; null where it was streamed."
    )
    status = serializers.IntegerField(help_text="The HTTP status of the answer.")
