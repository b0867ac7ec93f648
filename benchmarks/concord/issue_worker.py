"""Issues one unit and eight thousand million in turn; prints the milliseconds of each."""

import json
import sys
import time

from benchmarks.concord.market import issue_blocks

SIZES = {"issue_one": 1, "issue_8bn": 8_000_000_000}


def main(turns: int) -> None:
    took = {name: [] for name in SIZES}
    for turn in range(turns + 3):
        for name, size in SIZES.items():
            began = time.perf_counter()
            issue_blocks(accounts=1, blocks=1, size=size, key=f"{name} {turn}")
            if turn >= 3:
                took[name].append((time.perf_counter() - began) * 1_000)
    print(json.dumps(took))


if __name__ == "__main__":
    main(int(sys.argv[1]))
