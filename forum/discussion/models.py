"""Replies to an aspirasi, one level deep, with their earlier texts."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.publishing import Visibility


class Stance(models.TextChoices):
    """Where a resident stands on an aspirasi, in projects that ask for it."""

    AGREE = "agree", pgettext_lazy("sikap", "Setuju")
    DISAGREE = "disagree", _("Tidak setuju")
    NEUTRAL = "neutral", _("Netral")


class Reply(models.Model):
    """What a person said below an aspirasi.

    `order` is the aspirasi's revision at the first publication and never changes: on every screen
    replies stand in the order in which they became public. `revision` is that of the last change.

    `stance` is a resident's, on the aspirasi: an answer to somebody else and a civil servant's
    reply have none. `quote` is a passage of the reply `quoted`; it is shown only while that reply
    is public and still says so.
    """

    idea = models.ForeignKey("participation.Idea", on_delete=models.CASCADE, related_name="replies")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, editable=False)
    body = models.TextField()
    body_html = models.TextField(editable=False)
    shown_as = models.CharField(max_length=20, default="name")
    as_unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stance = models.CharField(
        max_length=10, choices=Stance.choices, blank=True, default="", db_default=""
    )
    quoted = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes"
    )
    quote = models.TextField(blank=True, default="", db_default="")
    visibility = models.CharField(
        max_length=20, choices=Visibility.choices, default=Visibility.HELD
    )
    order = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "forum"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "client_key"], name="reply_once_per_client_key"
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility=Visibility.PUBLISHED)
                | models.Q(order__isnull=False),
                name="reply_published_has_order",
            ),
            models.CheckConstraint(
                condition=models.Q(stance="") | models.Q(parent__isnull=True, as_unit__isnull=True),
                name="reply_stance_of_resident",
            ),
        ]
        indexes = [
            models.Index(
                fields=["idea", "order"],
                name="reply_threads",
                condition=models.Q(parent__isnull=True, order__isnull=False),
            ),
            models.Index(
                fields=["idea", "stance", "order"],
                name="reply_by_stance",
                condition=models.Q(parent__isnull=True, visibility=Visibility.PUBLISHED)
                & ~models.Q(stance=""),
            ),
            models.Index(fields=["idea", "revision"], name="reply_changes"),
            models.Index(fields=["parent", "order"], name="reply_children"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.body[:40]}"

    @property
    def is_published(self) -> bool:
        return self.visibility == Visibility.PUBLISHED

    @property
    def editable_until(self) -> "timezone.datetime":  # type: ignore[name-defined]
        """The end of the time in which the author may change the text."""
        return self.created_at + timedelta(minutes=settings.REPLY_EDIT_MINUTES)


class ReplyVersion(models.Model):
    """A text that a reply had before it was edited. The text is never changed.

    `is_open`: everybody may read it, because others had answered or quoted it before it was
    changed. `closed_at` says since when not any more: the author or a moderator took it out.
    """

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField()
    is_open = models.BooleanField(default=False, db_default=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.reply_id} until {self.at}"


class Mention(models.Model):
    """A reply names somebody who takes part in the same discussion, by the name shown there."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "person"], name="mention_once_per_reply")
        ]

    def __str__(self) -> str:
        return f"{self.reply_id} @ {self.person_id}"
