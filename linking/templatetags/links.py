"""Words of links in templates, as linking/admin/wording.py has them."""

from django import template

from linking.admin import wording

register = template.Library()


@register.filter
def state_word(code):
    """The state of an edge in the reader's language."""
    return wording.word("state", code)
