"""How gunicorn serves a node; what differs between nodes comes from the environment."""

import os
from pathlib import Path

bind = os.environ.get("LISTEN", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY") or min(4, max(2, os.cpu_count() or 2)))
# Requests wait for the database most of their time, so threads fill the waiting of each process.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 4)
graceful_timeout = 20
timeout = 60
loglevel = "warning"
# A heartbeat on a disk that stalls would look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# The control socket would lie in the user's own directory, shared by all nodes.
control_socket_disable = True
