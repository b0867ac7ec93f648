"""A small opening balance: ten units with old serials, in one account."""

from types import SimpleNamespace

from registry.services.opening_balances import load
from tests.world import World, complete

FILES = {
    "accounts.csv": b"account,name,kind,holder,holder_name\nOLD-1,Plant 1,operator,,\n",
    "holdings.csv": (
        b"account,unit_type,vintage,quantity,serial_first,serial_last\nOLD-1,KOC,2024,10,X-1,X-10\n"
    ),
    "totals.csv": b"account,unit_type,quantity\nOLD-1,KOC,10\n",
    "mapping.toml": b'source = "Books of the old registry"\n',
}


def open_offsets(world: World):
    """The registry of offsets moves here with ten KOC; the completed outcome."""
    loaded = load(
        actor=world.administrator_1, registry_id=world.offsets.pk, files=FILES, at=world.at
    )
    return complete(world, SimpleNamespace(transaction_id=loaded.transactions["KOC"]))
