"""Words of Django's own pages that its Simplified Chinese lacks: marked here, they are in ours."""

from django.utils.translation import gettext_noop, ngettext_lazy

WORDS = (
    gettext_noop("Error:"),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        1,
    ),
)
