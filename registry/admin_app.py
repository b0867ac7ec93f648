from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class ConcordAdmin(AdminConfig):
    """Django's admin application with the registry's own site."""

    default_site = "registry.admin.site.ConcordSite"

    def ready(self):
        super().ready()
        # Not from registry/admin/__init__.py: that would register pages while the site is made.
        import_module("registry.admin.pages")
        # It listens to the enrolment of second factors.
        import_module("registry.admin.sign_in")
