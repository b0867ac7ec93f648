"""One lane: takes what has come, submits it together, answers each."""

import fcntl
import json
import os
import select
import socket
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, close_old_connections

from registry import errors, posting

from .sockets import LONGEST, directory, opened, reached

# More at a time would save little, and the first would wait for the last.
AT_MOST = 64
BACKLOG = 128
BY_YOURSELF = b"null"


@contextmanager
def listening(number):
    """The socket of a lane, of which there is one at a time.   Raises: BlockingIOError."""
    directory().mkdir(mode=0o700, exist_ok=True)
    place = directory() / f"{number}"
    with place.with_suffix(".lock").open("w") as lock, opened() as socket_:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place.unlink(missing_ok=True)
        with reached(place.name) as path:
            socket_.bind(path)
        os.chmod(place, 0o600)
        socket_.listen(BACKLOG)
        yield socket_


def answers(submissions: list[str]) -> list[bytes]:
    """The answers to what is submitted together, in one database transaction."""
    try:
        said = posting.submit_texts(submissions, waits=False)
    except (DatabaseError, InterfaceError, errors.DomainError):
        # Whoever submits alone is told what is wrong.
        close_old_connections()
        return [BY_YOURSELF] * len(submissions)
    return [json.dumps(each).encode() for each in said]


class Lane:
    """The processes that ask a lane, and what they ask."""

    def __init__(self, listening: socket.socket):
        self.listening = listening
        self.asking = {}
        self.poll = select.epoll()
        self.poll.register(listening, select.EPOLLIN)

    def serve(self):
        """Serves until the process is asked to end."""
        while True:
            if come := self.come():
                self.answer(come)

    def come(self):
        """What has come: waits for the first, not for more. Pairs of asker and submission."""
        come = []
        for number, _event in self.poll.poll(maxevents=AT_MOST):
            if number == self.listening.fileno():
                self._accept()
            elif submission := self._received(number):
                come.append((self.asking[number], submission))
        return come

    def answer(self, come):
        """Submits what has come and answers each; who has gone gets nothing."""
        said = answers([text.decode() for _asker, text in come])
        for (asker, _text), answer in zip(come, said, strict=True):
            try:
                asker.send(answer, socket.MSG_DONTWAIT)
            except OSError:
                self._drop(asker)

    def close(self):
        self.poll.close()
        for asker in self.asking.values():
            asker.close()

    def _accept(self):
        asker, _address = self.listening.accept()
        self.asking[asker.fileno()] = asker
        self.poll.register(asker, select.EPOLLIN)

    def _received(self, number):
        try:
            submission = self.asking[number].recv(LONGEST)
        except OSError:
            submission = b""
        if not submission:
            self._drop(self.asking[number])
        return submission

    def _drop(self, asker):
        del self.asking[asker.fileno()]
        asker.close()
