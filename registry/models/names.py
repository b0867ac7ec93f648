"""Names in the four working languages, as explicit columns that a reader can query."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A thing that has a name in English and, where known, in Chinese, Japanese and Korean."""

    name_en = models.CharField(_("name (English)"), max_length=200)
    name_zh_hans = models.CharField(_("name (Chinese)"), max_length=200, blank=True)
    name_ja = models.CharField(_("name (Japanese)"), max_length=200, blank=True)
    name_ko = models.CharField(_("name (Korean)"), max_length=200, blank=True)
    names_unofficial = ArrayField(
        models.CharField(max_length=8),
        verbose_name=_("languages without an official name"),
        default=list,
        blank=True,
        help_text=_("Languages whose text here comes from no official source."),
    )

    class Meta:
        abstract = True

    @property
    def name(self):
        """The name in the reader's language; English where that language has none."""
        column = f"name_{(get_language() or 'en').replace('-', '_')}"
        return getattr(self, column, "") or self.name_en
