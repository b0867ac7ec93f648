"""The process of a sequencing worker: gives positions, logs and signs until it is killed."""

import sys
import time


def main(database):
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from registry.services.keep_log import keep_log
    from registry.services.sequence import sequence_postings
    from registry.services.sign_issuances import sign_issuances
    from tests import databases
    from tests.simulation.faults import GONE

    databases.point("default", database)
    while True:
        try:
            sequence_postings()
            keep_log(timezone.now)
            sign_issuances(at=timezone.now())
        except GONE:
            connection.close()
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1])
