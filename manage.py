#!/usr/bin/env python
"""The command line of a node."""

import os
import signal
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # The embedded servers stop at an orderly exit, which SIGTERM alone is not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    from django.core.management import execute_from_command_line

    from config.errors import NodeError
    from config.output import ends_with_its_reader

    try:
        with ends_with_its_reader():
            execute_from_command_line(sys.argv)
    except NodeError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
