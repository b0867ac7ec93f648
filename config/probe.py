"""`python -m config.probe`: whether the web process of this container answers that it lives."""

import os
import sys
import urllib.request


def main() -> int:
    port = os.environ.get("LISTEN", "127.0.0.1:8000").rpartition(":")[2]
    address = f"http://localhost:{port}/livez"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
