"""The embedded PostgreSQL: made, started, adopted and stopped.

Three roles: a superuser that only this module knows, the owner of the database that migrations
use, and the application's role that owns nothing. Each has a random password in the home;
`trust` is never on, also not while the cluster is made.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

from config.embedded import binaries, lease, processes
from config.embedded.layout import Layout, layout
from config.errors import NodeError

DATABASE = "concord"
SUPERUSER = "concord_superuser"
OWNER = "concord_owner"
APPLICATION = "concord_app"
SECRETS = {SUPERUSER: "superuser", OWNER: "owner", APPLICATION: "app"}

START_TIMEOUT_S = 300
NEEDED_BYTES = 500_000_000

SETTINGS = {
    "listen_addresses": "''",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "fsync": "on",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "4GB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # Compiling a plan takes longer than the ledger's short statements run.
    "jit": "off",
    # POSIX shared memory is 64 MB in containers and is removed when its user logs out.
    "dynamic_shared_memory_type": "mmap",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
    "cluster_name": "'concord'",
}

_checked: set[Path] = set()


def ensure(*, again: bool = False) -> Path:
    """Return the directory of the server's socket, with a server behind it.

    The first call of a process joins the lease and starts the server if nobody has; later calls
    cost nothing unless `again` asks to look whether the server is still alive.

    Raises: NodeError.
    """
    home = layout()
    if home.home in _checked and lease.held(home) and not again:
        return home.sockets
    home.make_home()
    with lease.mutex(home):
        lease.join(home)
        if not running(home):
            programs = binaries.postgresql(home)
            if not (home.data / "PG_VERSION").exists():
                _initialise(home, programs)
            _start(home, programs)
    _checked.add(home.home)
    return home.sockets


def copy_from(source: Layout) -> None:
    """Make this home's cluster from that of another home which nobody uses; passwords are its own.

    So a migrated database need not be migrated again.   Raises: NodeError.
    """
    home = layout()
    home.make_home()
    with lease.mutex(source), lease.mutex(home):
        if lease.in_use(source) or not (source.data / "PG_VERSION").exists():
            raise NodeError(
                f"The data in {source.data} are in use, or are none.",
                "Stop the node that uses them, or choose another directory.",
            )
        if home.data.exists():
            raise NodeError(
                f"There are data in {home.data} already.",
                "Choose a new home with REGISTRY_HOME=/a/directory.",
            )
        draft = home.home / "pg.new"
        shutil.rmtree(draft, ignore_errors=True)
        # With owners and modes, and without copying bytes where the file system can do that.
        copied = ["cp", "-a", "--reflink=auto", str(source.data), str(draft)]
        subprocess.run(copied, check=True)
        statements = [
            f"ALTER ROLE {role} PASSWORD '{home.secret(name)}'" for role, name in SECRETS.items()
        ]
        _run_alone(home, binaries.postgresql(home), draft, "postgres", statements)
        draft.rename(home.data)


def password(role: str) -> str:
    """The password of one of the three roles, from the home.   Raises: NodeError."""
    return layout().secret(SECRETS[role])


def running(home: Layout) -> bool:
    """Whether a live server has finished starting; one that is starting is waited for."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            lines = (home.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        pid = int(lines[0]) if lines and lines[0].lstrip("-").isdigit() else 0
        if not _is_postmaster(home, pid):
            return False
        if len(lines) > 7 and lines[7].strip() == "ready":
            return (home.sockets / ".s.PGSQL.5432").exists()
        time.sleep(0.05)
    return False


def stop(home: Layout) -> None:
    """Stop the server in an orderly way, if one runs."""
    _checked.discard(home.home)
    if not (home.data / "postmaster.pid").exists():
        return
    programs = binaries.postgresql(home)
    command = [str(programs / "pg_ctl"), "-D", str(home.data), "-m", "fast", "-w", "-t", "60"]
    processes.run(home, [*command, "stop"])


def status(home: Layout) -> str:
    """One line for people."""
    if running(home):
        pid = (home.data / "postmaster.pid").read_text().splitlines()[0]
        return f"PostgreSQL runs as process {pid}; socket in {home.sockets}"
    return "PostgreSQL does not run"


def database_statements(name: str) -> list[str]:
    """What the owner's database needs beyond existing: nobody else gets in, or makes anything.

    A copy of a database does not carry the rights on the database itself, so copies are given
    them again.
    """
    return [
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {APPLICATION}",
    ]


def _is_postmaster(home: Layout, pid: int) -> bool:
    if pid <= 0 or not processes.alive(pid):
        return False
    # The number may have been given to another process since.
    return not Path("/proc/self").exists() or pid in processes.living_in(home.data)


def _initialise(home: Layout, programs: Path) -> None:
    """Make the cluster, its roles and its database beside its place, then move it there whole."""
    free = shutil.disk_usage(home.home).free
    if free < NEEDED_BYTES:
        raise NodeError(
            f"The disk of {home.home} has {free // 1_000_000} MB left; "
            f"a new database needs {NEEDED_BYTES // 1_000_000} MB.",
            "Make room, or choose another place with REGISTRY_HOME=/a/directory.",
        )
    draft = home.home / "pg.new"
    for torn in (draft, home.data):
        shutil.rmtree(torn, ignore_errors=True)
    home.make_server_directory(draft)
    _run(
        home,
        [
            *(str(programs / "initdb"), "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8"),
            *("--no-locale", "--data-checksums", "--auth=reject", "--no-instructions"),
            *_locale_options(programs, home),
        ],
        failure="PostgreSQL could not make its files",
    )
    (draft / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write("include_if_exists = 'concord.conf'\n")
    _run_alone(home, programs, draft, "postgres", _cluster_statements(home))
    _run_alone(home, programs, draft, DATABASE, _schema_statements())
    draft.rename(home.data)


def _run_alone(home, programs, data, database, statements):
    """Statements in a database of a cluster that no server runs on.   Raises: NodeError."""
    failure = "PostgreSQL could not make its roles"
    said = _run(
        home,
        [*(str(programs / "postgres"), "--single", "-j", "-D", str(data)), database],
        text="".join(f"{statement};\n\n" for statement in statements),
        failure=failure,
    )
    if "ERROR:" in said:
        raise _explained(failure, said)


def _locale_options(programs: Path, home: Layout) -> list[str]:
    if _major_version(programs, home) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _cluster_statements(home: Layout) -> list[str]:
    return [
        f"ALTER ROLE {SUPERUSER} PASSWORD '{home.secret(SECRETS[SUPERUSER])}'",
        *(
            f"CREATE ROLE {role} LOGIN PASSWORD '{home.secret(SECRETS[role])}'"
            for role in (OWNER, APPLICATION)
        ),
        "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
        "REVOKE ALL ON DATABASE template1 FROM PUBLIC",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        *database_statements(DATABASE),
    ]


def _schema_statements() -> list[str]:
    return [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT ALL ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APPLICATION}",
    ]


def _start(home: Layout, programs: Path) -> None:
    made_by = (home.data / "PG_VERSION").read_text().strip()
    if made_by != str(_major_version(programs, home)):
        raise NodeError(
            f"The data in {home.data} was made by PostgreSQL {made_by}; "
            f"the installed one is {_major_version(programs, home)}.",
            f"Install PostgreSQL {made_by} and name it with REGISTRY_PG_BIN, or move the data "
            "with pg_dump and choose a new home with REGISTRY_HOME.",
        )
    home.make_server_directory(home.sockets)
    _clear_stale_locks(home)
    _write_settings(home)
    log = home.data / "server.log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    marker = log.stat().st_size if log.exists() else 0
    status, said = processes.run(
        home,
        [
            *(str(programs / "pg_ctl"), "-D", str(home.data), "-l", str(log)),
            *("-w", "-t", str(START_TIMEOUT_S), "-s", "start"),
        ],
    )
    if status != 0:
        with log.open(errors="replace") if log.exists() else open("/dev/null") as lines:
            lines.seek(marker)
            raise _explained("PostgreSQL did not start", said + lines.read())


def _clear_stale_locks(home: Layout) -> None:
    """Remove what a killed server left behind, once none of its processes is alive.

    PostgreSQL's own test only asks whether the process number is taken, and a zombie that
    nobody reaps, or another program that got the number, makes it refuse for ever.
    """
    remaining = processes.wait_until_gone(home.data, seconds=10)
    if remaining:
        raise NodeError(
            f"Processes {remaining} of an earlier PostgreSQL still use {home.data}.",
            f"End them (kill {' '.join(map(str, remaining))}) and try again.",
        )
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    for left in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (home.sockets / left).unlink(missing_ok=True)


def _write_settings(home: Layout) -> None:
    lines = [
        *(f"{name} = {value}" for name, value in SETTINGS.items()),
        f"unix_socket_directories = {_quoted(home.sockets)}",
        # Whoever runs the node may know better: later lines win.
        f"include_if_exists = {_quoted(home.home / 'postgresql.conf')}",
    ]
    path = home.data / "concord.conf"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)
    home.give_to_server(path)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _major_version(programs: Path, home: Layout) -> int:
    said = _run(home, [str(programs / "postgres"), "--version"], failure="PostgreSQL cannot be run")
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _run(home: Layout, command: list[str], *, failure: str, text: str = "") -> str:
    try:
        status, said = processes.run(home, command, text=text)
    except OSError as error:
        raise NodeError(
            f"{failure}: {error}.", "See docs/operations.md, The embedded servers."
        ) from error
    if status != 0:
        raise _explained(failure, said)
    return said


def _explained(failure: str, said: str) -> NodeError:
    """An error with the server's last words and, for what is known, the remedy."""
    last = "\n".join(line for line in said.strip().splitlines()[-8:])
    if "No space left on device" in said:
        remedy = "The disk is full: make room, or choose another place with REGISTRY_HOME."
    elif "could not create shared memory" in said or "Cannot allocate memory" in said:
        remedy = "There is not enough memory: PostgreSQL needs about 400 MB."
    else:
        remedy = "The whole log is in pg/server.log in the home directory."
    return NodeError(f"{failure}:\n{last}", remedy)
