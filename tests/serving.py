"""A node that answers over HTTP from the database of a test."""

import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import WSGIServer
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler


class Threads(ThreadingMixIn, WSGIServer):
    """Each connection has a thread of its own: a browser asks for several files at once."""

    daemon_threads = True

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@contextmanager
def served(host="127.0.0.1"):
    """The address of the node, at a free port."""
    server = Threads(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
