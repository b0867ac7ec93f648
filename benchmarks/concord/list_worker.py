"""Asks for the first page of holdings over HTTP again and again; prints milliseconds."""

import http.client
import json
import os
import sys
import time

WARM_UP = 20


def main(seconds: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["BENCH_PORT"]))
    headers = {"Authorization": f"Bearer {os.environ['BENCH_KEY']}"}
    took = []
    ends = None
    while ends is None or time.perf_counter() < ends:
        began = time.perf_counter()
        connection.request("GET", "/api/v1/holdings", headers=headers)
        answer = connection.getresponse()
        said = answer.read()
        took.append((time.perf_counter() - began) * 1_000)
        if answer.status != 200 or len(json.loads(said)["items"]) != 100:
            raise SystemExit(f"{answer.status}: {said[:500]}")
        if ends is None and len(took) == WARM_UP:
            took = []
            ends = time.perf_counter() + seconds
    print(json.dumps(took))


if __name__ == "__main__":
    main(float(sys.argv[1]))
