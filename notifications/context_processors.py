"""What every page of a signed-in person shows: the number of unseen notices."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications import selectors


def badge(request: HttpRequest) -> dict[str, Any]:
    """`badge`, asked of the database only by a page that shows it."""
    person = getattr(request, "user", None)
    return {"badge": SimpleLazyObject(lambda: selectors.badge(person))}
