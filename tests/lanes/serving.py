"""Lanes that a test serves in threads of its own."""

import threading
from contextlib import contextmanager

from django.db import connections

from registry.lanes.lane import Lane, listening
from registry.lanes.sockets import opened, reached


@contextmanager
def served(number=0):
    """A lane that answers until the end."""
    with listening(number) as socket:
        lane = Lane(socket)
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(lane, ended), daemon=True)
        thread.start()
        try:
            yield lane
        finally:
            ended.set()
            with opened() as waking, reached(number) as path:
                waking.connect(path)
            thread.join(30)
            lane.close()


def _serve(lane, ended):
    try:
        while not ended.is_set():
            if come := lane.come():
                lane.answer(come)
    finally:
        connections.close_all()
