"""The transfer of L written with Django's ORM, in eight processes, on the tables of L."""

from benchmarks import processes
from benchmarks.tally import Tally

from .serial_block import SerialBlock, load_tables


class ObjectRelational(SerialBlock):
    """What the same work costs when Python does it, one statement after another."""

    name = "orm"
    title = "naive Django ORM, same tables (8 processes)"

    def load(self, database: str) -> None:
        load_tables(self.server, database)

    def run(self, database: str, *, seconds: int) -> Tally:
        environment = self.server.environment(database)
        return processes.drive(
            "benchmarks.peers.orm_worker", environment=environment, seconds=seconds
        )
