"""Where what a row says comes from, for rows that people read elsewhere and may correct here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Sourced(models.Model):
    """A row that names its sources by code, and says how far it can be trusted."""

    source_codes = ArrayField(
        models.CharField(max_length=16), verbose_name=_("sources"), default=list, blank=True
    )
    confidence = models.CharField(_("confidence"), max_length=200, blank=True)

    class Meta:
        abstract = True
