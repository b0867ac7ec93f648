"""Whether this process lives, and whether the node can do its work."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from kombu.exceptions import OperationalError

from config.celery import app
from config.errors import NodeError
from registry.selectors import log, positions, unsigned

# An unsequenced posting is normal for a second or two; later ones mean that no sequencer runs. A
# receipt promises a checkpoint within the same time.
LATE_AFTER_S = 60

_migrated: set[str] = set()


class Middleware:
    """Answer /livez and /readyz before anything else does.

    Whoever watches a process asks by its number, without TLS and under any name: neither the
    list of allowed hosts nor the redirection to HTTPS may stand in the way.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.answers = {"/livez": live, "/readyz": ready}

    def __call__(self, request):
        answer = self.answers.get(request.path_info)
        return answer() if answer else self.get_response(request)


def live():
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


def ready():
    """503 when requests cannot be served; what comes after the commit, if late, degrades them."""
    checks = {"database": database(), "migrations": migrations(), "broker": broker()}
    failed = [name for name, found in checks.items() if not found["ok"]]
    later = {"sequencer": sequencer, "log": log_head, "signer": signer}
    for name, look in later.items():
        checks[name] = look() if not failed else {"ok": False, "problem": "NOT_ASKED"}
    late = not all(checks[name]["ok"] for name in later)
    status = "failing" if failed else "degraded" if late else "ok"
    return JsonResponse({"status": status, "checks": checks}, status=503 if failed else 200)


def database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, NodeError):
        return {"ok": False, "problem": "DATABASE_UNREACHABLE"}
    return {"ok": True}


def migrations():
    """Reading the whole graph is slow, and what was applied stays so: a yes is remembered."""
    name = connection.settings_dict["NAME"]
    if name not in _migrated:
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except (DatabaseError, NodeError):
            return {"ok": False, "problem": "DATABASE_UNREACHABLE"}
        if missing:
            return {"ok": False, "problem": "MIGRATIONS_MISSING", "count": len(missing)}
        _migrated.add(name)
    return {"ok": True}


def broker():
    try:
        with app.connection_for_write(connect_timeout=2) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    except (OperationalError, OSError, NodeError):
        return {"ok": False, "problem": "BROKER_UNREACHABLE"}
    return {"ok": True}


def sequencer():
    """The head of the node's order, and how long committed postings wait for a place in it."""
    head, lag = positions.head(), positions.lag()
    waited = lag.oldest.total_seconds() if lag.oldest else 0
    found = {
        "ok": waited <= LATE_AFTER_S,
        "position": str(head.position) if head else "0",
        "instant": head.instant.isoformat() if head else None,
        "unplaced": lag.unplaced,
        "oldest_s": round(waited, 3),
    }
    return found if found["ok"] else {**found, "problem": "SEQUENCER_LATE"}


def log_head():
    """The last checkpoint of the log, and how long committed postings wait for one."""
    last, lag = log.latest(), log.lag()
    waited = lag.oldest.total_seconds() if lag.oldest else 0
    found = {
        "ok": waited <= LATE_AFTER_S,
        "size": str(last.size) if last else None,
        "at": last.at.isoformat() if last else None,
        "uncovered": lag.uncovered,
        "oldest_s": round(waited, 3),
    }
    return found if found["ok"] else {**found, "problem": "LOG_LATE"}


def signer():
    """How many issuances have no signature yet, and how long the oldest of them has waited."""
    waiting = unsigned.waiting()
    waited = waiting.oldest.total_seconds() if waiting.oldest else 0
    found = {
        "ok": waited <= LATE_AFTER_S,
        "unsigned": waiting.count,
        "oldest_s": round(waited, 3),
    }
    return found if found["ok"] else {**found, "problem": "SIGNER_LATE"}
