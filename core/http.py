"""Small answers that several apps give: a cursor, a safe number, a form that is not yet right."""

import base64
import binascii
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

LARGEST = 2**63 - 1


def encode_cursor(*values: Any) -> str:
    """Write the place of a row in a list as a short opaque text."""
    raw = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """Read a cursor made by `encode_cursor`; Http404 when it is not one of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Http404("cursor") from error
    if not isinstance(values, list) or len(values) != len(kinds):
        raise Http404("cursor")
    for value, kind in zip(values, kinds, strict=True):
        if type(value) is not kind or not _fits(value):
            raise Http404("cursor")
    return tuple(values)


def _fits(value: Any) -> bool:
    """Whether the database can compare with it."""
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return len(value) <= 64 and "\x00" not in value


def whole_number(value: str | None) -> int | None:
    """A number from an address, or None when it is none."""
    if not value or len(value) > 19 or not (value.isascii() and value.isdigit()):
        return None
    number = int(value)
    return number if number <= LARGEST else None


def seen_revision(request: HttpRequest) -> int:
    """The revision that a browser has seen, from ?sejak=; 0 when it says none."""
    return whole_number(request.GET.get("sejak")) or 0


def not_yet(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page with what was typed and what is still missing: 422."""
    return render(request, template, context, status=422)


class NumberConverter:
    """A primary key in an address: digits that fit the database, so that none can be too large."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
