"""The measured server: the forum, and beside it the usual consumer on the same channel layer."""

from typing import Any

from channels.auth import AuthMiddlewareStack

from config.asgi import application as forum
from tests.bench.usual import PATH, GroupMember

_usual = AuthMiddlewareStack(GroupMember.as_asgi())


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket" and scope["path"] == PATH:
        await _usual(scope, receive, send)
    else:
        await forum(scope, receive, send)
