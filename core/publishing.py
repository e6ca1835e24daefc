"""The one way to become public: born held, published once by whoever claims the row first."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    HELD = "held", _("Diperiksa petugas")
    PUBLISHED = "published", _("Tayang")
    HIDDEN = "hidden", _("Disembunyikan")
    WITHDRAWN = "withdrawn", _("Ditarik penulis")


def claim(
    post: models.Model, *, to: Visibility, since: tuple[Visibility, ...], **changes: Any
) -> bool:
    """Move a post to another visibility if it still is in one of `since`.

    Returns whether this call made the move: of two approvals at once, one gets True. `changes` are
    stored in the same update. Sets `post.visibility` when it moved. Must run inside the transaction
    that does the rest.
    """
    rows = type(post)._default_manager.filter(pk=post.pk, visibility__in=since)
    moved = rows.update(visibility=to, **changes)
    if moved:
        post.visibility = to  # type: ignore[attr-defined]
    return bool(moved)
