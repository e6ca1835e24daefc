"""The log of opened identities: written once, chained by fingerprints, never changed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """The only grounds on which an identity is opened. Criticism of the government is none."""

    THREAT = "threat", _("Ancaman terhadap keselamatan seseorang")
    EMERGENCY = "emergency", _("Keadaan darurat, penulis mungkin perlu ditolong")
    LEGAL = "legal", _("Permintaan resmi penegak hukum atau pengadilan")
    ABUSE = "abuse", _("Penyalahgunaan berat yang berulang")


class IdentityLog(models.Model):
    """The one log: how many rows it has and the fingerprint of the last one.

    Its row is locked by whoever adds one, so that the chain never forks; and without it a missing
    last row would leave no trace.
    """

    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    class Meta:
        app_label = "forum"

    def __str__(self) -> str:
        return f"{self.length} rows, {self.head[:12]}"


class IdentityReveal(models.Model):
    """Somebody looked up who is behind a post. Every look is a row; who it was is not in it.

    `fingerprint` is the SHA-256 of `previous` (the fingerprint of the row before) and of everything
    that the row says. A row that is changed, removed or put in between breaks the chain there.
    """

    number = models.PositiveIntegerField()
    idea = models.ForeignKey(
        "participation.Idea", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reply = models.ForeignKey("forum.Reply", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=20, choices=Ground.choices)
    reason = models.TextField()
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        app_label = "forum"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="identity_reveal_number"),
            models.UniqueConstraint(fields=["previous"], name="identity_reveal_one_chain"),
            models.CheckConstraint(
                condition=models.Q(idea__isnull=False, reply__isnull=True)
                | models.Q(idea__isnull=True, reply__isnull=False),
                name="identity_reveal_of_one_post",
            ),
        ]
        indexes = [models.Index(fields=["by", "at"], name="identity_reveal_by_day")]

    def __str__(self) -> str:
        return f"reveal {self.number}"

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk is not None:
            raise TypeError("The log of opened identities is written once.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        raise TypeError("The log of opened identities is never shortened.")

    @property
    def post_name(self) -> str:
        """The public number of the aspirasi, and which reply below it."""
        if self.reply is not None:
            return f"{self.reply.idea.number}, {_('balasan')} {self.reply_id}"
        return str(self.idea.number if self.idea else "")

    def own_fingerprint(self) -> str:
        """What the fingerprint has to be, from what the row says."""
        told = [
            self.previous,
            self.number,
            self.idea_id,
            self.reply_id,
            self.by_id,
            self.unit_id,
            self.ground,
            self.reason,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
        ]
        written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()
