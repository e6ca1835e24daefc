"""The moderation desk: cases with their reports, and the decisions on them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.live import Watched


class Desk(Watched):
    """The one moderation desk of the city; its revision counts what happens on it."""

    class Meta:
        app_label = "forum"

    def __str__(self) -> str:
        return f"desk at {self.revision}"


class Rule(models.TextChoices):
    """The rules of discussion. Criticism of the government breaks none of them."""

    PERSON = "person", _("Menyerang orang")
    PRIVATE_DATA = "private_data", _("Data pribadi")
    OFF_TOPIC = "off_topic", _("Di luar topik")
    SPAM = "spam", _("Iklan atau spam")


class Case(models.Model):
    """A post that a moderator should look at: held by the screening, or reported.

    `version` is the optimistic lock of decisions: a decision on a version that somebody else has
    already decided is refused.
    """

    class Cause(models.TextChoices):
        HELD = "held", _("Ditahan saringan")
        FLAGGED = "flagged", _("Dilaporkan warga")
        EXAMINED = "examined", _("Dibuka petugas")
        SCREENED = "screened", _("Ditandai saringan")

    class State(models.TextChoices):
        OPEN = "open", _("Perlu diperiksa")
        CLOSED = "closed", _("Selesai")

    idea = models.ForeignKey(
        "participation.Idea", null=True, on_delete=models.CASCADE, related_name="cases"
    )
    reply = models.ForeignKey(
        "forum.Reply", null=True, on_delete=models.CASCADE, related_name="cases"
    )
    project = models.ForeignKey("participation.Project", on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    findings = models.JSONField(default=list, blank=True)
    flag_count = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1, editable=False)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(idea__isnull=False, reply__isnull=True)
                | models.Q(idea__isnull=True, reply__isnull=False),
                name="case_of_one_post",
            ),
            models.UniqueConstraint(
                fields=["idea"], condition=models.Q(state="open"), name="case_open_once_per_idea"
            ),
            models.UniqueConstraint(
                fields=["reply"], condition=models.Q(state="open"), name="case_open_once_per_reply"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="case_open", condition=models.Q(state="open")
            ),
            models.Index(fields=["revision"], name="case_changes"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Flag(models.Model):
    """A resident reports a post, once per case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flags")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20, choices=Rule.choices)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="flag_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.case_id})"


class Ruling(models.Model):
    """A moderator's decision with the rule and the message to the author. Never changed."""

    class Decision(models.TextChoices):
        PUBLISH = "publish", _("Terbitkan")
        HIDE = "hide", _("Sembunyikan")
        RESTORE = "restore", _("Tampilkan kembali")
        KEEP = "keep", _("Biarkan tayang")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rulings")
    decision = models.CharField(max_length=20, choices=Decision.choices)
    rule = models.CharField(max_length=20, choices=Rule.choices, blank=True)
    message = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} ({self.case_id})"
