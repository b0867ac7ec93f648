"""A pool of cache connections that starts the embedded Valkey when first used."""

import redis

from config.embedded import valkey


class ConnectionPool(redis.ConnectionPool):
    def make_connection(self):
        valkey.ensure()
        return super().make_connection()
