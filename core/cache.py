"""A Redis cache that a stopped Redis turns into misses instead of errors."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


_clients: dict[str, Redis] = {}


class KeptClient(RedisCacheClient):
    """One Redis object and its connections for the whole process.

    Under ASGI Django makes a cache for each request, and it would open a connection of its own.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self.address = servers[0]

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        if self.address not in _clients:
            _clients[self.address] = super().get_client(key, write=write)
        return _clients[self.address]


class SafeRedisCache(RedisCache):
    """Rendered rows are kept here for speed only: without Redis they are rendered again."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)
            return default

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        try:
            return super().get_many(keys, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)
            return {}

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)

    def set_many(self, data: Any, timeout: Any = 300, version: int | None = None) -> list[Any]:
        try:
            return super().set_many(data, timeout, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)
            return list(data)

    def add(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        try:
            return super().add(key, value, timeout, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)
            return True

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        try:
            return super().incr(key, delta, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)
            return 0

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return super().delete(key, version)
        except (RedisError, OSError) as error:
            log.warning("cache: %r", error)
            return False
