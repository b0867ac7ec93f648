"""`python -m config.embedded up|down|status|copy`: the embedded servers by hand."""

import sys
import time
from pathlib import Path

from config.embedded import lease, postgresql, valkey
from config.embedded.layout import Layout, layout
from config.errors import NodeError
from config.output import ends_with_its_reader

USAGE = "usage: python -m config.embedded up|down [--force]|status|copy HOME"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["up"]:
            return up()
        case ["down"]:
            return down(force=False)
        case ["down", "--force"]:
            return down(force=True)
        case ["status"]:
            print(postgresql.status(layout()), valkey.status(layout()), sep="\n")
            return 0
        case ["copy", source]:
            postgresql.copy_from(Layout(Path(source), layout().account))
            return 0
    print(USAGE, file=sys.stderr)
    return 2


def up() -> int:
    """Start the servers and keep them until interrupted."""
    postgresql.ensure()
    valkey.ensure()
    print(postgresql.status(layout()), valkey.status(layout()), sep="\n", flush=True)
    print("Ctrl-C leaves; the servers stop when nobody else uses them.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return 0


def down(*, force: bool) -> int:
    """Stop servers that nobody uses, or, with force, also those in use."""
    home = layout()
    if not home.home.is_dir():
        return 0
    with lease.mutex(home):
        if lease.in_use(home) and not force:
            print("The servers are in use; --force stops them anyway.", file=sys.stderr)
            return 1
        valkey.stop(home)
        postgresql.stop(home)
    return 0


if __name__ == "__main__":
    try:
        with ends_with_its_reader():
            sys.exit(main(sys.argv[1:]))
    except NodeError as error:
        sys.exit(str(error))
