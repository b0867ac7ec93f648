"""Serve a lane to the gate."""

from registry.lanes.lane import Lane, listening


def serve_lane(number: int) -> None:
    """Serves until the process is asked to end.

    Raises: BlockingIOError, when another process serves this lane.
    """
    with listening(number) as socket:
        Lane(socket).serve()
