"""The official answer: drafts and their check, one current text with its promises, ratings."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OfficialAnswer(models.Model):
    """What a civil servant answers for the responsible unit. One per aspirasi."""

    idea = models.OneToOneField(
        "participation.Idea", on_delete=models.CASCADE, related_name="official_answer"
    )
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    body = models.TextField()
    body_html = models.TextField(editable=False)
    next_step = models.CharField(max_length=300, blank=True, default="", db_default="")
    cost = models.CharField(max_length=80, blank=True, default="", db_default="")
    cost_source = models.CharField(max_length=120, blank=True, default="", db_default="")
    period = models.CharField(max_length=120, blank=True, default="", db_default="")
    # What the page shows of the attachments (key, name, size), so that reading it asks no more.
    attachments = models.JSONField(default=list, db_default=[], blank=True)
    checklist = models.JSONField(default=list, db_default=[], blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        app_label = "forum"

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.body[:40]}"


class Commitment(models.Model):
    """One thing that the answer says will, or will not, be done; and what became of it."""

    class Kind(models.TextChoices):
        FIRST = "first", _("Dikerjakan lebih dulu")
        PLANNED = "planned", _("Masuk rancangan")
        NOT_POSSIBLE = "not_possible", _("Belum bisa dipenuhi")

    class State(models.TextChoices):
        PLANNED = "planned", _("Dijadwalkan")
        DELAYED = "delayed", _("Ditunda")
        DONE = "done", _("Ditepati")
        DROPPED = "dropped", _("Dibatalkan")

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="commitments")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=20, choices=State.choices, default=State.PLANNED, db_default="planned"
    )
    state_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    state_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # The date for which each was told: a date that moves is told anew, the same one never twice.
    near_told_for = models.DateField(null=True, editable=False)
    missed_told_for = models.DateField(null=True, editable=False)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="commitment_open_by_date",
                condition=models.Q(state__in=["planned", "delayed"], due_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PLANNED, self.State.DELAYED)

    @property
    def is_late(self) -> bool:
        """The promised day has passed and it is neither done nor taken back."""
        return self.is_open and self.due_on is not None and self.due_on < timezone.localdate()


class CommitmentChange(models.Model):
    """One change of what becomes of a promise: who, when, from, to, why. Never changed."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="changes")
    old = models.CharField(max_length=20, choices=Commitment.State.choices)
    new = models.CharField(max_length=20, choices=Commitment.State.choices)
    old_due_on = models.DateField(null=True)
    new_due_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.commitment_id}: {self.old} -> {self.new}"


class AnswerVersion(models.Model):
    """A text that an official answer had before it was changed. Never changed."""

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    body = models.TextField()
    commitments = models.JSONField(default=list)
    details = models.JSONField(default=dict)  # next step, cost, period, names of attachments
    checklist = models.JSONField(default=list)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        app_label = "forum"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="answer_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} v{self.version}"


class AnswerDraft(models.Model):
    """An official answer, or a change of one, that is not public yet. One open at a time.

    `author` wrote it last and signs it; `version` counts the saves (optimistic lock).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draf")
        IN_REVIEW = "in_review", _("Diperiksa rekan")
        RETURNED = "returned", _("Dikembalikan")
        PUBLISHED = "published", _("Tayang")

    OPEN = (State.DRAFT, State.IN_REVIEW, State.RETURNED)

    idea = models.ForeignKey(
        "participation.Idea", on_delete=models.CASCADE, related_name="answer_drafts"
    )
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    base_version = models.PositiveIntegerField(default=0, editable=False)  # of the standing answer
    body = models.TextField(blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    cost = models.CharField(max_length=80, blank=True)
    cost_source = models.CharField(max_length=120, blank=True)
    period = models.CharField(max_length=120, blank=True)
    idea_status = models.CharField(max_length=20, blank=True)
    promises = models.JSONField(default=list, blank=True)
    attachments = models.JSONField(default=list, blank=True)  # ids, in order
    checklist = models.JSONField(default=list, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["-saved_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea"],
                condition=models.Q(state__in=["draft", "in_review", "returned"]),
                name="answer_draft_open_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["saved_at", "id"],
                name="answer_draft_open",
                condition=models.Q(state__in=["draft", "in_review", "returned"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.state}"


class AnswerDraftChange(models.Model):
    """One step of a draft on its way to the public: who, when, from, to, remark. Never changed."""

    draft = models.ForeignKey(AnswerDraft, on_delete=models.CASCADE, related_name="history")
    old = models.CharField(max_length=20, blank=True, choices=AnswerDraft.State.choices)
    new = models.CharField(max_length=20, choices=AnswerDraft.State.choices)
    remark = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.old} -> {self.new}"


class Attachment(models.Model):
    """A file that belongs to an official answer. Public only while the standing answer has it."""

    idea = models.ForeignKey(
        "participation.Idea", on_delete=models.CASCADE, related_name="answer_attachments"
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to="attachments/%Y/%m")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    is_published = models.BooleanField(default=False, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class AnswerTemplate(models.Model):
    """A text that the responders of a unit begin with; `{judul}` and others are filled in."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(
        "participation.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=100)
    body = models.TextField()
    next_step = models.CharField(max_length=300, blank=True)
    is_archived = models.BooleanField(default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["is_archived", "title", "id"]

    def __str__(self) -> str:
        return self.title


def _score() -> models.PositiveSmallIntegerField:
    """1 (tidak) to 4 (sangat), the four-point scale of the national satisfaction survey."""
    return models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )


class AnswerRating(models.Model):
    """What one resident thinks of an official answer. Never shown with the person.

    `released` says whether the figures that are shown count it as it is now. `shown_comment` is
    the text that is shown, which may be older than `comment`.
    """

    class CommentState(models.TextChoices):
        CLEAR = "clear", _("Bisa tampil")
        HELD = "held", _("Diperiksa petugas")
        HIDDEN = "hidden", _("Disembunyikan")

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="ratings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Whose text was rated: what was said of one officer never counts for the next.
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    clear = _score()
    helpful = _score()
    timely = _score()
    courteous = _score()
    comment = models.CharField(max_length=500, blank=True, default="", db_default="")
    comment_state = models.CharField(
        max_length=20, choices=CommentState.choices, default=CommentState.CLEAR, db_default="clear"
    )
    findings = models.JSONField(default=list, db_default=[], blank=True)
    shown_comment = models.CharField(max_length=500, blank=True, default="", db_default="")
    shown_since = models.DateField(null=True, editable=False)  # first day of the month
    # Address and order of a comment: random, since a counted number tells who was next.
    comment_key = models.UUIDField(null=True, unique=True, editable=False)
    released = models.BooleanField(default=False, db_default=False, editable=False)
    first_rated_at = models.DateTimeField(default=timezone.now)
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        constraints = [
            models.UniqueConstraint(fields=["answer", "person"], name="rating_once_per_person"),
            *[
                models.CheckConstraint(
                    condition=models.Q(**{f"{aspect}__isnull": True})
                    | models.Q(**{f"{aspect}__gte": 1, f"{aspect}__lte": 4}),
                    name=f"rating_{aspect}_1_to_4",
                )
                for aspect in ("clear", "helpful", "timely", "courteous")
            ],
        ]
        indexes = [
            models.Index(
                fields=["answer"],
                name="rating_comment_held",
                condition=models.Q(comment_state="held"),
            )
        ]

    def __str__(self) -> str:
        return f"rating of {self.answer_id}"


class AnswerScores(models.Model):
    """The figures that are shown of an answer: of the raters counted at the last release.

    They change only when five ratings are new or changed: two figures one rating apart would tell
    what that one person said.
    """

    answer = models.OneToOneField(OfficialAnswer, on_delete=models.CASCADE, related_name="scores")
    raters = models.PositiveIntegerField()
    means = models.JSONField()  # aspect: mean 1 to 4, or null below five scores
    # The officer whose text all counted raters read; none when they read texts of several.
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    released_on = models.DateField()

    class Meta:
        app_label = "forum"
        constraints = [
            models.CheckConstraint(condition=models.Q(raters__gte=5), name="scores_of_five_or_more")
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.raters}"


class CommentRuling(models.Model):
    """A check of a comment, asked by the screening or an officer, and what a moderator decided.

    `decided_by` is empty while it waits. One waits at a time for each comment.
    """

    class Cause(models.TextChoices):
        HELD = "held", _("Ditahan saringan")
        ASKED = "asked", _("Diminta pejabat penghubung")

    class Decision(models.TextChoices):
        KEEP = "keep", _("Tampilkan")
        HIDE = "hide", _("Sembunyikan")
        GONE = "gone", _("Ditarik penulis")

    rating = models.ForeignKey(AnswerRating, on_delete=models.CASCADE, related_name="rulings")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    text = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_why = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rating"],
                condition=models.Q(decision=""),
                name="comment_waits_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.decision or '...'}"
