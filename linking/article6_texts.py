"""What the accounting of Article 6 refuses, as codes with texts."""

from django.utils.translation import gettext_lazy as _

ARTICLE6 = {
    "ITMO_NOT_READABLE": (
        _("This is not the identifier of an ITMO."),
        _("Write it as CA0004-KOR01-KOR-1200-2025: approach, registry, Party, serial, vintage."),
    ),
    "BAD_BLOCK": (
        _("This is not a block of ITMOs."),
        _("Both ends have the same approach, registry, Party and vintage; the first comes first."),
    ),
    "VINTAGE_BEFORE_2021": (
        _("An ITMO stands for mitigation from 2021 onward."),
        _("Use a unit of a later vintage, or one that is no ITMO."),
    ),
    "YEAR_OUTSIDE_PERIOD": (
        _("The year is outside of the NDC implementation period."),
        _("ITMOs are used in the period in which they occurred."),
    ),
    "NET_INCREASE": (
        _("More would be subtracted than is added."),
        _("Use a factor of at most 1, so that no tonne counts twice."),
    ),
}
