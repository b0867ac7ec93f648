"""Looks up random serials: who holds them now, and where they were; prints milliseconds."""

import json
import random
import sys
import time

import django

django.setup()

from django.db.models import F, Func, Value  # noqa: E402 - after the setup

from benchmarks.choices import UNIT_TYPE  # noqa: E402
from registry.models import Holding, UnitType  # noqa: E402
from registry.selectors.history import history  # noqa: E402

WARM_UP = 50


def main(serials: int, seconds: float) -> None:
    choose = random.Random(1)  # noqa: S311 - a load, not a secret
    registry = UnitType.objects.get(pk=UNIT_TYPE).registry_id
    took = {"holder": [], "history": []}
    ends = None
    while ends is None or time.perf_counter() < ends:
        serial = choose.randint(1, serials)
        began = time.perf_counter()
        held_by = holder(registry, serial)
        found = time.perf_counter()
        stays = history(registry_id=registry, unit_type_id=UNIT_TYPE, first=serial, last=serial)
        ended = time.perf_counter()
        if stays[0].account_number != held_by:
            raise SystemExit(f"serial {serial}: the two look-ups differ")
        took["holder"].append((found - began) * 1_000)
        took["history"].append((ended - found) * 1_000)
        if ends is None and len(took["holder"]) == WARM_UP:
            took = {"holder": [], "history": []}
            ends = time.perf_counter() + seconds
    print(json.dumps(took))


def holder(registry: int, serial: int) -> str:
    """The number of the account that holds the serial."""
    start = Func(Value(registry), Value(UNIT_TYPE), Value(serial), function="registry_block_start")
    return (
        Holding.objects.filter(
            registry=registry, unit_type=UNIT_TYPE, closed_by__isnull=True, first=start
        )
        .annotate(number=F("account__number"))
        .values_list("number", flat=True)
        .get(last__gte=serial)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
