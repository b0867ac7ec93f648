"""What is wrong with the log, as a reader of its tables finds it with nothing but hashes."""

from django.db import connection

from tests.log import trees


def log_findings():
    """What is wrong with the log now, as an independent reader finds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.index, q.position, l.leaf_hash FROM registry_logleaf l"
            " JOIN registry_position q ON q.posting_id = l.posting_id ORDER BY l.index"
        )
        leaves = cursor.fetchall()
        cursor.execute("SELECT level, number, hashes FROM registry_logtile")
        tiles = {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
        # Earlier ones were looked at after earlier steps, and nothing changes them.
        cursor.execute("SELECT size, root FROM registry_checkpoint ORDER BY size DESC LIMIT 4")
        checkpoints = cursor.fetchall()
    if [(index, position) for index, position, _hash in leaves] != [
        (n, n + 1) for n in range(len(leaves))
    ]:
        yield "leaves are not dense, or not in the order of positions"
    hashes = [bytes(leaf_hash) for _index, _position, leaf_hash in leaves]
    if tiles != trees.tiles_over(hashes):
        yield "the tiles are not those of the leaves"
    for size, root in checkpoints:
        if size > len(hashes) or bytes(root) != trees.root(hashes[:size]):
            yield f"the checkpoint of {size} leaves is not of this log"
