"""What every page shows around its content, those of signing in and of errors among them."""

import ipaddress

from django.conf import settings
from django.contrib import admin
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

ENVIRONMENTS = {
    "evaluation": _("Evaluation: these units are not real."),
    "test": _("Test: these units are not real."),
    "production": _("Production: these units are real."),
}


def site(request):
    """Costs no query: pages that never ask who is there have it as well."""
    environment = settings.CONCORD["ENVIRONMENT"]
    text = settings.CONCORD["ENVIRONMENT_TEXT"] or ENVIRONMENTS.get(environment, environment)
    return {
        "environment": environment,
        "environment_text": text,
        "host_is_an_address": lambda: _is_address(request.get_host()),
        "site_header": admin.site.site_header,
        "site_title": admin.site.site_title,
        "site_languages": [get_language_info(code) for code, _name in settings.LANGUAGES],
    }


def _is_address(host):
    """Whether a host, with or without a port, is a number and not a name."""
    name = host.rpartition("]")[0].strip("[") or host.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
