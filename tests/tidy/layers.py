"""Who may import whom: between the apps, and between the layers of an app."""

from tests.tidy.rule import File, Rule, imported

MAY_IMPORT = {
    "registry": set(),
    "linking": {"registry"},
    "mrv": {"registry"},
    "scenarios": {"registry", "linking", "mrv"},
}
# What upper apps use of the registry: the use cases and what they speak of.
OPEN_TO_UPPER_APPS = (
    "registry.services",
    "registry.selectors",
    "registry.models",
    "registry.errors",
    "registry.permissions",
    "registry.actors",
    "registry.canonical",
    "registry.certificates",
    "registry.facts",
    "registry.keys",
    "registry.limits",
    "registry.lines",
    "registry.log.receipt",
    "registry.log.refused",
    "registry.audit.rules",
    "registry.audit.signatures",
    "registry.ports",
    "registry.prepared",
    "registry.sending",
    "registry.checks.base",
    "registry.checks.existence",
    "registry.management.problems",
    "registry.turns",
    "registry.valuation",
)

LAYERS = (
    ("face", ("api", "admin", "tasks", "management", "reports", "templatetags")),
    ("service", ("services",)),
    ("selector", ("selectors",)),
    ("gate", ("posting", "appending", "telling", "recording", "retry")),
    (
        "pure",
        (
            "account_numbers",
            "allocation",
            "amounts",
            "article6",
            "calendars",
            "canonical",
            "cards",
            "certificates",
            "decide",
            "digests",
            "edges",
            "emissions",
            "graph",
            "keys.algorithms",
            "keys.jwk",
            "keys.text_forms",
            "keys.vkeys",
            "lifecycle",
            "link_set",
            "log",
            "messages",
            "presets",
            "preview",
            "projects",
            "protocol",
            "quantities",
            "ranges",
            "readiness",
            "route",
            "sectors",
            "serials",
        ),
    ),
    ("audit", ("audit",)),
    (
        "data",
        (
            *("models", "errors", "case_texts", "gate_texts", "peer_texts", "crossing_texts"),
            *("article6_texts", "project_texts", "report_texts", "allocation_texts"),
            *("apps", "migrations", "grants"),
        ),
    ),
)
RULES_LAYER = "rule"  # checks, ports, permissions, facts, and whatever else is beside them
MAY_USE = {
    "face": {"face", "service", "selector", "rule", "data", "audit", "pure"},
    "service": {"service", "selector", "gate", "rule", "data", "pure"},
    "selector": {"selector", "rule", "data", "pure"},
    "gate": {"gate", "rule", "data", "pure"},
    "rule": {"rule", "data", "pure"},
    "data": {"data", "pure"},
    "pure": {"pure"},
    "audit": {"audit"},
}
APPS = ("registry", "linking", "mrv")


def apps_import_downwards(file):
    app = file.path.partition("/")[0]
    if app not in MAY_IMPORT:
        return
    for name, line in imported(file):
        other = name.partition(".")[0]
        if other in MAY_IMPORT.keys() - MAY_IMPORT[app] - {app}:
            yield f"{file.path}:{line} imports {name}; ask through a port instead"


def apps_are_not_named_downwards(file):
    """Django reaches models and migrations by text as well."""
    app = file.path.partition("/")[0]
    if app not in MAY_IMPORT:
        return
    for other in MAY_IMPORT.keys() - MAY_IMPORT[app] - {app}:
        for number, text in enumerate(file.text.splitlines(), 1):
            if f'"{other}.' in text or f"'{other}." in text:
                yield f"{file.path}:{number} names {other}; the lower app knows no upper one"


def upper_apps_use_services(file):
    app = file.path.partition("/")[0]
    if app not in ("linking", "mrv", "scenarios"):
        return
    here = layer_of(file.module)
    # A face of links has the manners of the registry's.
    faces = ("registry.api.", "registry.admin.") if here and here[1] == "face" else ()
    for name, line in imported(file):
        if name.startswith("registry.") and not name.startswith((*OPEN_TO_UPPER_APPS, *faces)):
            yield f"{file.path}:{line} imports {name}; use a service or a selector"


def layer_of(module):
    """(app, layer) of a module, or None outside the apps."""
    app, _dot, rest = module.partition(".")
    if app not in APPS or not rest:
        return None
    for layer, heads in LAYERS:
        if f"{rest}.".startswith(tuple(f"{head}." for head in heads)):
            return app, layer
    return app, RULES_LAYER


def layers_import_downwards(file):
    here = layer_of(file.module)
    if here is None:
        return
    app, layer = here
    for name, line in imported(file):
        there = layer_of(name)
        if there and there[0] == app and there[1] not in MAY_USE[layer]:
            yield f"{file.path}:{line} ({layer}) imports {name} ({there[1]})"


def pure_modules_import_nothing(file):
    here = layer_of(file.module)
    if here is None or here[1] != "pure":
        return
    for name, line in imported(file):
        if name.partition(".")[0] in ("django", "rest_framework", "celery"):
            yield f"{file.path}:{line} imports {name}; a pure module has no framework"


RULES = [
    Rule(
        "apps import downwards",
        apps_import_downwards,
        good=(File("linking/send.py", "from registry.services.transfer import transfer"),),
        bad=(
            File("registry/tasks.py", "def f():\n    from linking import protocol"),
            File("mrv/x.py", "import linking.route"),
        ),
    ),
    Rule(
        "apps are not named downwards",
        apps_are_not_named_downwards,
        good=(File("mrv/models.py", 'KEY = "registry.Account"'),),
        bad=(File("registry/models/x.py", 'KEY = "mrv.Report"'),),
    ),
    Rule(
        "upper apps use services",
        upper_apps_use_services,
        good=(
            File("mrv/x.py", "from registry.selectors import holdings"),
            File("linking/api/views/x.py", "from registry.api.reading import read_form"),
        ),
        bad=(
            File("mrv/x.py", "from registry import posting"),
            File("linking/services/x.py", "from registry.api.reading import read_form"),
        ),
    ),
    Rule(
        "layers import downwards",
        layers_import_downwards,
        good=(
            File("registry/api/x.py", "from registry.services.transfer import transfer"),
            File("registry/services/x.py", "from registry import posting"),
            File("registry/audit/x.py", "from . import rules"),
        ),
        bad=(
            File("registry/selectors/x.py", "from ..services import transfer"),
            File("registry/api/views/x.py", "from registry import posting"),
            File("registry/posting.py", "from .services.transfer import transfer"),
            File("registry/models/x.py", "from registry import errors, posting"),
            File("registry/audit/x.py", "from registry.models import Holding"),
        ),
    ),
    Rule(
        "pure modules import nothing",
        pure_modules_import_nothing,
        good=(File("registry/canonical.py", "import json"),),
        bad=(File("registry/canonical.py", "from django.conf import settings"),),
    ),
]
