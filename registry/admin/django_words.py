"""Words of Django's own pages that one of its catalogues lacks or puts badly; ours has them.

Chinese says “log out” with the word for the cancellation of units.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

WORDS = (
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("Error:"),
    gettext_noop("Log out"),
    gettext_noop("Save and add another"),
    gettext_noop("Thanks for spending some quality time with the web site today."),
    gettext_noop("View %s"),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        1,
    ),
)
