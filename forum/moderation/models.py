"""The moderation desk: cases with their reports, and the decisions on them."""

from typing import Any

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
    """A post that a moderator should look at: held by the screening, reported, somebody's first.

    `version` is the optimistic lock of decisions: a decision on a version that somebody else has
    already decided is refused. `urgent_at` is its place in the queue (`cases.urgency`). Until
    `claimed_until` it is held by `claimed_by`: a claim, so that two do not read the same; it never
    decides who was first, the version does. A case that waits for its author (`edit_until`) comes
    back as the same one. An appeal is a case of its own beside whatever else the post is on the
    desk for.
    """

    class Cause(models.TextChoices):
        HELD = "held", _("Ditahan saringan")
        FLAGGED = "flagged", _("Dilaporkan warga")
        FIRST = "first", _("Tulisan pertama")
        EDITED = "edited", _("Diperbaiki penulis")
        EXAMINED = "examined", _("Dibuka petugas")
        SCREENED = "screened", _("Ditandai saringan")
        APPEAL = "appeal", _("Keberatan penulis")

    class State(models.TextChoices):
        OPEN = "open", _("Perlu diperiksa")
        WAITING = "waiting", _("Menunggu perbaikan penulis")
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
    urgent_at = models.DateTimeField(default=timezone.now)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True)
    edit_until = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["urgent_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(idea__isnull=False, reply__isnull=True)
                | models.Q(idea__isnull=True, reply__isnull=False),
                name="case_of_one_post",
            ),
            models.UniqueConstraint(
                fields=["idea"],
                condition=~models.Q(state="closed") & ~models.Q(cause="appeal"),
                name="case_unsettled_once_per_idea",
            ),
            models.UniqueConstraint(
                fields=["reply"],
                condition=~models.Q(state="closed") & ~models.Q(cause="appeal"),
                name="case_unsettled_once_per_reply",
            ),
            models.CheckConstraint(
                condition=models.Q(claimed_by__isnull=True) | models.Q(claimed_until__isnull=False),
                name="case_claim_has_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["urgent_at", "id"], name="case_queue", condition=models.Q(state="open")
            ),
            models.Index(fields=["revision"], name="case_changes"),
            models.Index(fields=["decided_at"], name="case_decided"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def post(self) -> Any:
        """The aspirasi or the reply that it is about."""
        return self.reply if self.reply_id else self.idea

    @property
    def holder(self) -> Any:
        """The person who holds it now; None when nobody does or the time is over."""
        if self.claimed_until is None or self.claimed_until <= timezone.now():
            return None
        return self.claimed_by


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
    """A moderator's decision with the rule and the message to the author. Never changed.

    `post_title` and `post_text` are what the decision was about: the author may change it later.
    """

    class Decision(models.TextChoices):
        PUBLISH = "publish", _("Terbitkan")
        HIDE = "hide", _("Sembunyikan")
        RESTORE = "restore", _("Tampilkan kembali")
        KEEP = "keep", _("Biarkan tayang")
        ASK_EDIT = "ask_edit", _("Minta perbaikan")
        WARN = "warn", _("Ingatkan penulis")
        SUSPEND = "suspend", _("Batasi akun")
        MERGE = "merge", _("Gabungkan")
        SPLIT = "split", _("Pisahkan lagi")
        GRANT = "grant", _("Terima keberatan")
        UPHOLD = "uphold", _("Keputusan tetap berlaku")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rulings")
    decision = models.CharField(max_length=20, choices=Decision.choices)
    rule = models.CharField(max_length=20, choices=Rule.choices, blank=True)
    message = models.TextField(blank=True)
    days = models.PositiveSmallIntegerField(null=True)
    into = models.ForeignKey(
        "participation.Idea", null=True, on_delete=models.PROTECT, related_name="+"
    )
    post_title = models.CharField(max_length=100, blank=True)
    post_text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} ({self.case_id})"


class Takeover(models.Model):
    """A moderator took a case over from a colleague who held it, and why. Never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="takeovers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.by_id} took {self.case_id} from {self.held_by_id}"


class AtDesk(models.Model):
    """A moderator who was at the desk at `seen_at`, and the case that was open there."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="viewers")
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "forum"

    def __str__(self) -> str:
        return f"{self.person_id} at {self.seen_at}"
