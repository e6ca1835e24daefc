"""Where an aspirasi is in the city's offices, every step it took, and the staff's private notes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an aspirasi is."""

    RECEIVED = "received", _("Perlu diverifikasi")
    INCOMPLETE = "incomplete", _("Menunggu warga melengkapi")
    VERIFIED = "verified", _("Terverifikasi, belum diteruskan")
    ROUTED = "routed", _("Diteruskan")
    ASSIGNED = "assigned", _("Ditugaskan")
    ANSWERED = "answered", _("Dijawab")
    CLOSED = "closed", _("Ditutup")


WITH_VERIFIER = (State.RECEIVED, State.VERIFIED)
WITH_UNIT = (State.ROUTED, State.ASSIGNED)
WITH_RESIDENT = (State.INCOMPLETE, State.CLOSED)


class Disposition(models.Model):
    """The way of one aspirasi through the offices.

    `unit` is the one that answers, `supporting_units` help it. `version` is the optimistic lock:
    whoever acts on a version that somebody else has moved on from is told so. `missing` says what
    the resident should add, until and including the day `complete_by`.
    """

    idea = models.OneToOneField(
        "participation.Idea", on_delete=models.CASCADE, related_name="disposition"
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    supporting_units = models.ManyToManyField("accounts.Unit", related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    missing = models.TextField(blank=True)
    complete_by = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["routed", "assigned"])
                | models.Q(unit__isnull=False),
                name="disposition_routed_has_unit",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="assigned") | models.Q(officer__isnull=False),
                name="disposition_assigned_has_officer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "unit"],
                name="disposition_open",
                condition=models.Q(state__in=["received", "verified", "routed", "assigned"]),
            ),
            models.Index(
                fields=["complete_by"],
                name="disposition_incomplete",
                condition=models.Q(state="incomplete"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.state}"


class DispositionChange(models.Model):
    """One step of the way: who, when, from, to, why. Never changed.

    `reason` is for the staff; what is missing and what the resident added is for the author too.
    Everybody reads the rest, without the officers.
    """

    class Verb(models.TextChoices):
        RECEIVED = "received", _("Diterima")
        RETURNED = "returned", _("Dikembalikan kepada pengusul untuk dilengkapi")
        COMPLETED = "completed", _("Dilengkapi pengusul")
        VERIFIED = "verified", _("Diverifikasi")
        ROUTED = "routed", _("Diteruskan ke perangkat daerah")
        ASSIGNED = "assigned", _("Ditugaskan kepada petugas")
        HANDED_OVER = "handed_over", _("Dialihkan")
        REFUSED = "refused", _("Dikembalikan ke verifikator: bukan kewenangan")
        ANSWERED = "answered", _("Dijawab resmi")
        LAPSED = "lapsed", _("Ditutup karena belum dilengkapi")

    disposition = models.ForeignKey(Disposition, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=20, choices=Verb.choices)
    old = models.CharField(max_length=20, choices=State.choices, blank=True)
    new = models.CharField(max_length=20, choices=State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    supporting = models.CharField(max_length=400, blank=True)  # names as they were then
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.disposition_id}: {self.verb}"


class Note(models.Model):
    """What a civil servant notes on an aspirasi for colleagues; no resident ever reads it.

    Never changed; its author may withdraw it, which leaves an empty place.
    """

    disposition = models.ForeignKey(Disposition, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, editable=False)
    body = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "client_key"], name="note_once_per_client_key"
            )
        ]

    def __str__(self) -> str:
        return f"note {self.pk} on {self.disposition_id}"


class NoteMention(models.Model):
    """A colleague whom a note calls."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="mention_once_per_note")
        ]

    def __str__(self) -> str:
        return f"{self.note_id} -> {self.person_id}"
