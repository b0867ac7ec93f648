"""Writing answers: what a document says of a thing."""

from functools import cache


def written(document, thing):
    """What the document says of one thing, as `document(thing).data`.

    A serializer copies its fields for each instance, which takes longer than writing with them;
    they keep nothing of what they have written, so one instance serves all.
    """
    return _writer(document).to_representation(thing)


@cache
def _writer(document):
    return document()
