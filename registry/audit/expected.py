"""What must stand around the ledger: constraints, triggers, rights, and the release's functions.

The lists in expected.toml are written for the audit alone; nothing that sets up the database
reads them. The functions are compared with the text of the migrations that made them.
"""

import hashlib
import json
import re
import tomllib
from functools import cache
from pathlib import Path

from . import above

MIGRATIONS = Path(__file__).parents[1] / "migrations"
FUNCTION = re.compile(
    r"^CREATE (?:OR REPLACE )?FUNCTION (\w+)\s*\(.*?\bAS \$\$(.*?)\$\$", re.DOTALL | re.MULTILINE
)


@cache
def parameters() -> dict[str, str]:
    """What the rules about guards compare the database with, each as JSON."""
    compared = {**lists(), "functions": released_functions()}
    apps = "|".join(("registry", *(module.APP for module in above.modules())))
    return {
        **{name: json.dumps(value) for name, value in compared.items()},
        # By what the names of the tables and functions begin that are looked at.
        "audited": f"^({apps})_",
    }


def lists() -> dict[str, dict]:
    """Constraints and triggers by table, rights by table, and what the role may call."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    for module in above.modules():
        for name, table in tomllib.loads(module.EXPECTED.read_text()).items():
            found[name].update(table)
    return found


def released_functions() -> dict[str, str]:
    """Each function's name, and the MD5 of its body as the last migration left it."""
    bodies = {}
    for directory in (MIGRATIONS, *(module.MIGRATIONS for module in above.modules())):
        for path in sorted(directory.glob("*.sql")):
            bodies.update(FUNCTION.findall(path.read_text()))
    return {
        name: hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        for name, body in bodies.items()
    }
