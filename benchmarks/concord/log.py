"""The log: how fast it grows, what a proof takes in a large one, and what it costs a transfer."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks import databases
from benchmarks.concord import node
from benchmarks.concord.transfer import Service
from benchmarks.figures import Figure
from benchmarks.server import SUPERUSER, Server
from benchmarks.tally import Tally, percentiles
from config.embedded.layout import PROJECT

DATABASE = f"{databases.PREFIX}log"
WORKER = "benchmarks.concord.log_worker"
# Leaves that are asked for, spread over the log.
ASKED = 1_000
# What a leaf takes in the tree alone, with room to spare.
BYTES = 50

# The tree over so many leaves, without the leaves; and of the leaves those that are asked for.
TREE = """
SET session_replication_role = replica;
ALTER TABLE registry_logtile DISABLE TRIGGER USER;
ALTER TABLE registry_logleaf DISABLE TRIGGER USER;
ALTER TABLE registry_posting DISABLE TRIGGER USER;
ALTER TABLE registry_checkpoint DISABLE TRIGGER USER;
INSERT INTO registry_logtile (level, number, hashes)
SELECT 0, n, (SELECT string_agg(sha256(int8send(n * 256 + i)), ''::bytea ORDER BY i)
    FROM generate_series(0, least(255, {leaves} - n * 256 - 1)) i)
FROM generate_series(0, ({leaves} - 1) / 256) n;
{levels}
INSERT INTO registry_posting (id, transaction_id, kind, xid, salt, recorded_at)
SELECT n, n, 'move', pg_current_xact_id(), sha256(''), now() FROM generate_series(1, {asked}) n;
INSERT INTO registry_logleaf (index, kind, posting_id, digest, leaf_hash, appended_at)
SELECT n::bigint * {leaves} / {asked} - 1, 'posting', n, sha256(''),
    sha256(int8send(n::bigint * {leaves} / {asked} - 1)), now()
FROM generate_series(1, {asked}) n;
INSERT INTO registry_checkpoint (size, root, key_id, note, at)
SELECT {leaves}, registry_log_root({leaves}), id, '', now() FROM registry_keyrecord
WHERE purpose = 'log';
"""
LEVEL = """
INSERT INTO registry_logtile (level, number, hashes)
SELECT {level}, number / 256, string_agg(registry_complete_root(hashes), ''::bytea ORDER BY number)
FROM registry_logtile WHERE level = {level} - 1 AND octet_length(hashes) = 8192 GROUP BY 2;
"""
STORED = """
SELECT sum(pg_total_relation_size(name::regclass)) / (SELECT count(*) FROM registry_logleaf)
FROM unnest(ARRAY['registry_logleaf', 'registry_logtile', 'registry_checkpoint']) name
"""


def growth(server: Server, *, rounds: int, seconds: int) -> dict[str, Figure]:
    """Leaves a second on one processor, from postings to the tree; bytes that a leaf takes."""
    figures = {
        "leaves": Figure("leaves", "postings derived, hashed and appended (1 core)", "leaves/s"),
        "leaf_bytes": Figure("leaf_bytes", "a leaf with its part of the tree", "bytes"),
    }
    load = Service(server)
    load.prepare()
    for _ in range(rounds):
        databases.copy(server, load.template, load.database)
        load.run(load.database, seconds=seconds)
        said = _work(server, load.database, "append")
        _note_growth(figures["leaves"], said)
        server.query(load.database, "VACUUM (ANALYZE)", role=SUPERUSER)
        figures["leaf_bytes"].rounds.append(float(server.query(load.database, STORED)[0][0]))
        load.refuse_violations()
    load.finish()
    return figures


def _note_growth(figure, said):
    leaves, used = said["leaves"], said["client_seconds"] + said["server_seconds"]
    figure.rounds.append(leaves / said["seconds"])
    _note_cpu(figure, said, leaves)
    # Whatever else the machine does, a processor of one's own would do so many.
    figure.note = f"{leaves:,} leaves; {leaves / used:,.0f} a second of processor time"


def _note_cpu(figure, said, count):
    figure.client_cpu_ms.append(said["client_seconds"] / count * 1_000)
    figure.server_cpu_ms.append(said["server_seconds"] / count * 1_000)


def proofs(
    server: Server, *, leaves: int, rounds: int, seconds: int, say: Callable[[str], None]
) -> dict[str, Figure]:
    """Milliseconds from the number of a leaf to its inclusion proof, in a log of that size."""
    databases.require_room(server, leaves * BYTES)
    node.make(server, DATABASE)
    _work(server, DATABASE, "keys")
    say(f"log: building the tree over {leaves:,} leaves")
    levels = "".join(LEVEL.format(level=level) for level in range(1, 4) if leaves >> (8 * level))
    script = TREE.format(leaves=leaves, asked=ASKED, levels=levels)
    server.query(DATABASE, script, role=SUPERUSER)
    databases.settle(server, DATABASE)
    figure = Figure("proof", f"inclusion proof, {leaves:,} leaves (1 process)", "ms, median")
    for _ in range(rounds):
        said = _work(server, DATABASE, "prove", seconds)
        found = percentiles(said["took_ms"])
        figure.rounds.append(found["p50"])
        _note_cpu(figure, said, len(said["took_ms"]))
        figure.note = f"99 % within {found['p99']:g} ms"
    databases.drop(server, DATABASE)
    return {"proof": figure}


class Kept(Service):
    """One process that makes transfers, while another keeps up with them each second."""

    processes = 1
    keeps = ""

    def run(self, database: str, *, seconds: int) -> Tally:
        with self._keeper(database):
            return super().run(database, seconds=seconds)

    @contextmanager
    def _keeper(self, database: str) -> Iterator[None]:
        keeper = subprocess.Popen(
            [sys.executable, "-m", WORKER, self.keeps],
            cwd=PROJECT,
            env=node.environment(self.server, database),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            keeper.stdout.readline()
            yield
        finally:
            keeper.kill()
            keeper.wait()
            keeper.stdin.close()
            keeper.stdout.close()


class Unlogged(Kept):
    name = "log_off"
    title = "Concord, one transfer a call, the sequencer beside it (1 process)"
    keeps = "sequence"


class Logged(Kept):
    name = "log_on"
    title = "Concord, one transfer a call, sequencer and log beside it (1 process)"
    keeps = "log"


def _work(server, database, *arguments):
    """What the worker says, as JSON."""
    environment = node.environment(server, database)
    return json.loads(node.run(["-m", WORKER, *map(str, arguments)], environment))
