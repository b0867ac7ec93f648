"""One gate writes the ledger, time and numbers come in one form, and the network has its place."""

import ast
import re

from tests.tidy.rule import File, Rule, imported

LEDGER = {
    "Posting",
    "Holding",
    "Issuance",
    "Mark",
    "Use",
    "Position",
    "Sequencer",
    "Transaction",
    "TransactionLine",
    "TransactionEvent",
    "Approval",
    "LogLeaf",
    "LoggedDocument",
    "LogTile",
    "Checkpoint",
}
WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
    "acreate",
    "aupdate",
}
CODE = ("registry/", "linking/", "mrv/", "scenarios/", "config/")
GATE = (
    "registry/posting.py",
    "registry/appending.py",
    "registry/telling.py",
    "registry/recording.py",
    "registry/grants.py",
    "registry/migrations/",
)
# Only these open cursors of their own: to write, the gate; to read, selectors and facts.
CURSORS = (
    *GATE,
    "registry/selectors/",
    "linking/selectors/",
    "registry/facts.py",
    "registry/prepared.py",
    "registry/turns.py",
    "registry/limits.py",
    "registry/audit/",
    "registry/services/accounts.py",
    "config/",
    "scenarios/services/load_scenario.py",
)
SERIALS_AND_TONNES = ("registry/", "linking/", "mrv/")
NETWORK = ("requests", "httpx", "socket", "urllib.request", "http.client", "aiohttp")


def _roots(node):
    """The names at the beginning of a chain such as Holding.objects.filter(...).update."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def ledger_rows_are_written_by_the_gate(file):
    if file.path.startswith(GATE):
        return
    for node in ast.walk(file.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in WRITES and _roots(node.func) in LEDGER:
            yield f"{file.path}:{node.lineno} writes {_roots(node.func)}; call a service"


def gate_is_called_by_posting_only(file):
    if file.path.startswith(GATE):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(
                r"\bregistry_(submit|decide|withdraw|sequence|append_leaves|write_checkpoint)\s*\(",
                node.value,
            ):
                yield f"{file.path}:{node.lineno} calls the gate; registry/posting.py does"


def sql_outside_the_gate_reads(file):
    if file.path.startswith((*GATE, "registry/audit/")):
        return
    verbs = r"^\s*(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE|ALTER|CREATE|DROP)\b"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(verbs, node.value):
                yield f"{file.path}:{node.lineno} writes by SQL; use a model or the gate"


def cursors_have_their_places(file):
    if file.path.startswith(CURSORS):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr == "cursor":
            yield f"{file.path}:{node.lineno} opens a cursor; write a selector"
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("prepared"):
            yield f"{file.path}:{node.lineno} prepares a statement; write a selector"


def locks_are_taken_by_the_gate(file):
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update":
            yield f"{file.path}:{node.lineno} locks rows; the gate's SQL does, in one order"


def time_is_an_argument(file):
    if "/api/" in file.path or "/admin" in file.path or "/tasks" in file.path:
        return
    if "/management/" in file.path or file.path.startswith("config/"):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
            if _roots(node) in ("timezone", "datetime", "date"):
                yield f"{file.path}:{node.lineno} reads the clock; take `at` as an argument"


def tonnes_are_whole(file):
    """Seconds may have fractions, and isinstance() tells apart what a driver returns."""
    allowed = set()
    for node in ast.walk(file.tree):
        target = getattr(node, "target", None) or getattr(node, "targets", [None])[0]
        if target is not None and ast.unparse(target).endswith(("_s", "seconds")):
            allowed |= set(ast.walk(node))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            allowed |= set(ast.walk(node))
    for node in ast.walk(file.tree):
        if node in allowed:
            continue
        name = getattr(node, "attr", getattr(node, "id", ""))
        if name in ("float", "Decimal", "FloatField", "DecimalField"):
            yield f"{file.path}:{node.lineno} uses {name}; units are integers"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            if not _joins_paths(node):
                yield f"{file.path}:{node.lineno} divides with /; use // and say who rounds"


def _joins_paths(node):
    return any(isinstance(part, ast.Constant | ast.JoinedStr) for part in (node.left, node.right))


def network_has_one_place(file):
    if file.path.startswith(("linking/gateway.py", "registry/sending.py", "config/")):
        return
    for name, line in imported(file):
        if name.startswith(NETWORK):
            yield f"{file.path}:{line} imports {name}; the network has its own modules"


RULES = [
    Rule(
        "ledger rows are written by the gate",
        ledger_rows_are_written_by_the_gate,
        good=(File("registry/services/x.py", "Account.objects.bulk_create([])"),),
        bad=(File("registry/services/x.py", "Holding.objects.filter(pk=1).update(last=2)"),),
        under=CODE,
    ),
    Rule(
        "the gate is called by posting only",
        gate_is_called_by_posting_only,
        good=(File("registry/posting.py", 'SUBMIT = "SELECT registry_submit(%s)"'),),
        bad=(File("registry/services/x.py", 'SUBMIT = "SELECT registry_submit(%s)"'),),
        under=CODE,
    ),
    Rule(
        "SQL outside the gate reads",
        sql_outside_the_gate_reads,
        good=(File("registry/selectors/x.py", 'SQL = "SELECT 1"'),),
        bad=(File("registry/selectors/x.py", 'SQL = "UPDATE registry_mark SET line = 2"'),),
        under=CODE[:-1],
    ),
    Rule(
        "cursors have their places",
        cursors_have_their_places,
        good=(File("registry/selectors/x.py", "connection.cursor()"),),
        bad=(
            File("registry/api/views/x.py", "connection.cursor()"),
            File("registry/api/views/x.py", "from registry.prepared import rows"),
        ),
        under=CODE,
    ),
    Rule(
        "locks are taken by the gate",
        locks_are_taken_by_the_gate,
        good=(File("registry/services/x.py", "Account.objects.get(pk=1)"),),
        bad=(File("registry/services/x.py", "Account.objects.select_for_update().get(pk=1)"),),
        under=CODE,
    ),
    Rule(
        "time is an argument",
        time_is_an_argument,
        good=(File("registry/api/x.py", "at = timezone.now()"),),
        bad=(File("registry/services/x.py", "at = timezone.now()"),),
        under=CODE,
    ),
    Rule(
        "tonnes are whole",
        tonnes_are_whole,
        good=(
            File("registry/x.py", "half = tonnes // 2\nplace = home / 'pg'"),
            File("registry/x.py", "oldest_s = models.FloatField()"),
        ),
        bad=(
            File("registry/x.py", "half = tonnes / parts"),
            File("registry/x.py", "tonnes = models.DecimalField()"),
            File("registry/x.py", "quantity = float(text)"),
        ),
        under=SERIALS_AND_TONNES,
    ),
    Rule(
        "the network has one place",
        network_has_one_place,
        good=(File("linking/gateway.py", "import httpx"),),
        bad=(File("registry/tasks.py", "from urllib.request import urlopen"),),
        under=CODE,
    ),
]
