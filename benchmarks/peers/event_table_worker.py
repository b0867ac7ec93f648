"""One process of the measure "events"."""

import sys

import psycopg2

from benchmarks.choices import Choices
from benchmarks.peers.event_table_transfer import transfer
from benchmarks.worker import serve


def main(number: int) -> None:
    choices = Choices(seed=number)
    # The address is in the environment, as libpq reads it.
    connected = psycopg2.connect("")

    def step() -> int:
        choice = choices.next()
        transfer(
            connected,
            source=str(choice.source),
            destination=str(choice.destination),
            quantity=choice.quantity,
        )
        return 1

    serve(step, warm_up=1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
