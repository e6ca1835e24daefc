"""The addresses of the live streams, and who may ask for them."""

from typing import Any
from urllib.parse import urlparse

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import path, re_path

from forum.realtime.consumers import LiveConsumer, StrangeOrigin, UnknownStream

_streams = URLRouter(
    [
        path("langsung/aspirasi/<number:key>/", LiveConsumer.as_asgi(kind="idea")),
        path("langsung/proyek/<slug:key>/", LiveConsumer.as_asgi(kind="project")),
        path("langsung/tanya/<number:key>/", LiveConsumer.as_asgi(kind="session")),
        path("langsung/tanya/<number:key>/meja/", LiveConsumer.as_asgi(kind="session_desk")),
        path("langsung/saya/", LiveConsumer.as_asgi(kind="notices")),
        path("langsung/meja/", LiveConsumer.as_asgi(kind="desk")),
        re_path(r"", UnknownStream.as_asgi()),
    ]
)


class OwnPages(OriginValidator):
    """Only our own pages may open a socket; others are told so by a close code."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        origin = next(
            (value.decode("latin1") for name, value in scope["headers"] if name == b"origin"), None
        )
        if origin is not None and self._is_ours(origin):
            return await self.application(scope, receive, send)
        return await StrangeOrigin()(scope, receive, send)

    def _is_ours(self, origin: str) -> bool:
        try:
            return bool(self.valid_origin(urlparse(origin)))
        except ValueError:  # not an address at all, or a port that is no number
            return False


live_streams = OwnPages(AuthMiddlewareStack(_streams), settings.SITE_ORIGINS)
