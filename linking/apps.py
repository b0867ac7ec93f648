from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkingConfig(AppConfig):
    name = "linking"
    verbose_name = _("Links")

    def ready(self):
        # The site is made by then: the pages register themselves with it.
        import_module("linking.admin.pages")
