"""Words of links in templates, as linking/admin/wording.py has them."""

from django import template

from linking.admin import peer_words, wording

register = template.Library()


@register.filter
def state_word(code):
    """The state of an edge in the reader's language."""
    return wording.word("state", code)


register.filter("message_word", peer_words.kind)
register.filter("purpose_word", peer_words.purpose)


@register.filter
def registry_code(registry):
    """The code of a key's registry, of a row or of a card; a dash for the node itself."""
    return getattr(registry, "code", registry) or "–"
