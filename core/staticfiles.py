"""Static files: hashed names in production, and served beside Django instead of through it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.base import WhiteNoise
from whitenoise.responders import Response
from whitenoise.storage import CompressedManifestStaticFilesStorage

BLOCK = 64 * 1024


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a source map that a package does not ship is no error."""

    manifest_strict = True
    support_js_module_import_aggregation = True
    # Only the forum's own modules: packages ship scripts whose imports name no file.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    patterns = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )


class StaticFiles:
    """ASGI wrapper: answers for static files, hands everything else to Django.

    WhiteNoise's middleware would run each file through Django's whole middleware chain.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application
        self.files = WhiteNoise(
            None,
            autorefresh=settings.STATIC_FROM_SOURCE,
            max_age=60,
            allow_all_origins=False,
            immutable_file_test=_is_hashed,
        )
        if settings.STATIC_FROM_SOURCE:
            for finder in get_finders():
                for storage in getattr(finder, "storages", {}).values():
                    self.files.add_files(storage.location, settings.STATIC_URL)
        else:
            self.files.add_files(str(settings.STATIC_ROOT), settings.STATIC_URL)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(settings.STATIC_URL):
            await self.application(scope, receive, send)
            return
        found = self.files.find_file(path) if self.files.autorefresh else self.files.files.get(path)
        if found is None:
            await self.application(scope, receive, send)
            return
        headers = {
            f"HTTP_{name.decode('latin1').upper().replace('-', '_')}": value.decode("latin1")
            for name, value in scope["headers"]
        }
        await _answer(found.get_response(scope["method"], headers), send)


def _is_hashed(path: str, url: str) -> bool:
    """Whether a file name carries its hash (name.0123456789ab.ext) and may be kept for ever."""
    parts = url.rsplit("/", 1)[-1].split(".")
    return len(parts) > 2 and len(parts[-2]) == 12 and not set(parts[-2]) - set("0123456789abcdef")


async def _answer(response: Response, send: Any) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": int(response.status),
            "headers": [(k.lower().encode(), str(v).encode()) for k, v in response.headers],
        }
    )
    if response.file is not None:
        try:
            while block := await asyncio.to_thread(response.file.read, BLOCK):
                await send({"type": "http.response.body", "body": block, "more_body": True})
        finally:
            response.file.close()
    await send({"type": "http.response.body", "body": b""})
