"""Makes an API key of the market and prints it; `python -m` in a process."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 - after the setup

from benchmarks.concord.market import actor  # noqa: E402
from registry.services.api_keys import issue_key  # noqa: E402


def main() -> None:
    market = actor("market")
    issued = issue_key(
        actor=market, person_id=market.person_id, label="measures", at=timezone.now()
    )
    print(issued.text)


if __name__ == "__main__":
    main()
