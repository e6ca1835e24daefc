"""A session of questions and answers: who answers when, what is asked, what became of it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.live import Watched
from core.publishing import Visibility

REMINDED_BEFORE = timedelta(minutes=15)
MOST_SUPPORTS = 10**6  # in the order of the queue; more make no difference
MOST_QUESTIONS = 10**9


class Session(Watched):
    """An hour in which civil servants answer questions about a project.

    `revision` counts the changes that everybody sees, `desk_revision` those that the officers see
    (held questions too). `version` counts what was changed in the plan; it is the lock of the form
    and the SEQUENCE of the calendar entry.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Dijadwalkan")
        OPEN = "open", _("Sedang berlangsung")
        CLOSED = "closed", _("Selesai")
        CANCELLED = "cancelled", _("Dibatalkan")

    project = models.ForeignKey(
        "participation.Project", on_delete=models.PROTECT, related_name="sessions"
    )
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.SCHEDULED)
    premoderated = models.BooleanField(default=False)
    most_open = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    officers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="SessionOfficer", related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    head_revision = models.PositiveBigIntegerField(default=0, editable=False)
    desk_revision = models.PositiveBigIntegerField(default=0, editable=False)
    question_count = models.PositiveIntegerField(default=0, editable=False)
    answered_count = models.PositiveIntegerField(default=0, editable=False)
    supports_shown_at = models.DateTimeField(null=True, editable=False)
    supports_due = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(most_open__gte=1), name="session_takes_questions"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "starts_at"], name="session_of_project"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        return f"session.{self.pk}"

    @property
    def desk_topic(self) -> str:
        return f"session-desk.{self.pk}"

    def state_at(self, moment: datetime) -> str:
        """What the clock says, where nobody said otherwise by hand.

        The stored state follows by a job; nothing may depend on that job being in time.
        """
        if self.state in (self.State.CLOSED, self.State.CANCELLED):
            return self.state
        if moment >= self.ends_at:
            return self.State.CLOSED
        if self.state == self.State.OPEN or moment >= self.starts_at:
            return self.State.OPEN
        return self.State.SCHEDULED

    @property
    def state_now(self) -> str:
        return self.state_at(timezone.now())

    @property
    def is_scheduled(self) -> bool:
        return self.state_now == self.State.SCHEDULED

    @property
    def is_open(self) -> bool:
        return self.state_now == self.State.OPEN

    @property
    def is_over(self) -> bool:
        """Closed or cancelled: nobody asks or supports any more."""
        return self.state_now in (self.State.CLOSED, self.State.CANCELLED)

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED


class SessionOfficer(models.Model):
    """A civil servant who answers in a session, and the unit for which."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="session_officers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="session_officer_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}"


class SessionHistory(models.Model):
    """One change of a session's state or time: who (None: the clock), when, why. Never changed."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="history")
    old = models.CharField(max_length=80, blank=True)
    new = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.old} -> {self.new}"


class Question(models.Model):
    """What somebody asks in a session.

    `order` is the session's revision at the first publication and never changes. `ranked_count` is
    the number of supports as it was last told to everybody: the queue is sorted by it, so that
    every reader has the same order. `place` is the revision at which the question came into its
    present state.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Dalam antrean")
        BEING_ANSWERED = "being_answered", _("Sedang dijawab")
        ANSWERED = "answered", _("Dijawab tertulis")
        ANSWERED_ALOUD = "answered_aloud", _("Dijawab lisan")
        SKIPPED = "skipped", _("Dilewati")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="questions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, editable=False)
    shown_as = models.CharField(max_length=20, default="name")
    body = models.TextField()
    findings = models.JSONField(default=list, blank=True)
    visibility = models.CharField(
        max_length=20, choices=Visibility.choices, default=Visibility.HELD
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.CharField(max_length=500, blank=True)
    support_count = models.PositiveIntegerField(default=0, editable=False)
    ranked_count = models.PositiveIntegerField(default=0, editable=False)
    order = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    place = models.PositiveBigIntegerField(default=0, editable=False)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    desk_revision = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        app_label = "forum"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "client_key"], name="question_once_per_client_key"
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility=Visibility.PUBLISHED)
                | models.Q(order__isnull=False),
                name="question_published_has_order",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(officer__isnull=False),
                name="question_taken_has_officer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["session", "-ranked_count", "order"],
                name="question_queue",
                condition=models.Q(visibility=Visibility.PUBLISHED, state="waiting"),
            ),
            models.Index(
                fields=["session", "-place"],
                name="question_record",
                condition=models.Q(visibility=Visibility.PUBLISHED),
            ),
            models.Index(fields=["session", "revision"], name="question_changes"),
            models.Index(fields=["session", "desk_revision"], name="question_desk_changes"),
            models.Index(fields=["session", "author"], name="question_own"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.body[:40]}"

    @property
    def is_published(self) -> bool:
        return self.visibility == Visibility.PUBLISHED

    @property
    def queue_order(self) -> int:
        """The place in the queue as one number, smallest first: most supports, then longest there.

        Below 2**53, so that a browser counts with it exactly.
        """
        fewer = MOST_SUPPORTS - min(self.ranked_count, MOST_SUPPORTS)
        return fewer * MOST_QUESTIONS + (self.order or 0)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_settled(self) -> bool:
        """Answered or skipped: nothing more is to be done."""
        return self.state not in (self.State.WAITING, self.State.BEING_ANSWERED)


class QuestionSupport(models.Model):
    """A person wants to hear the answer too, once."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="supports")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        constraints = [
            models.UniqueConstraint(
                fields=["question", "person"], name="question_support_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} -> {self.question_id}"


class SessionAnswer(models.Model):
    """The written answer to a question. `version` is its optimistic lock."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="answer")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    body_html = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "forum"

    def __str__(self) -> str:
        return f"{self.question_id}: {self.body[:40]}"


class QuestionHistory(models.Model):
    """One change of a question: who (None: the screening), when, from, to, why. Never changed.

    For a changed answer `text` is the text that stood before.
    """

    class Field(models.TextChoices):
        VISIBILITY = "visibility"
        STATE = "state"
        ANSWER = "answer"

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="history")
    field = models.CharField(max_length=20, choices=Field.choices)
    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    rule = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    text = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.old} -> {self.new}"

    @property
    def words(self) -> str:
        """What happened, in the words of the screen."""
        if self.field == self.Field.ANSWER:
            return str(_("Jawaban diubah"))
        labels = {**dict(Visibility.choices), **dict(Question.State.choices)}
        return str(labels.get(self.new, self.new))


def _score() -> models.PositiveSmallIntegerField:
    """1 (tidak) to 4 (sangat), the four-point scale of the national satisfaction survey."""
    return models.PositiveSmallIntegerField(null=True, blank=True)


class SessionRating(models.Model):
    """What one resident thinks of an answer of a session. Never shown with the person.

    `released` says whether the figures that are shown count it as it is now.
    """

    answer = models.ForeignKey(SessionAnswer, on_delete=models.CASCADE, related_name="ratings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clear = _score()
    helpful = _score()
    timely = _score()
    courteous = _score()
    released = models.BooleanField(default=False, db_default=False, editable=False)
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "person"], name="session_rating_once_per_person"
            ),
            *[
                models.CheckConstraint(
                    condition=models.Q(**{f"{aspect}__isnull": True})
                    | models.Q(**{f"{aspect}__gte": 1, f"{aspect}__lte": 4}),
                    name=f"session_rating_{aspect}_1_to_4",
                )
                for aspect in ("clear", "helpful", "timely", "courteous")
            ],
        ]

    def __str__(self) -> str:
        return f"rating of {self.answer_id}"


class SessionScores(models.Model):
    """The figures that are shown of an answer of a session, as of the last release.

    They change only when five ratings are new or changed: two figures one rating apart would tell
    what that one person said.
    """

    answer = models.OneToOneField(SessionAnswer, on_delete=models.CASCADE, related_name="scores")
    raters = models.PositiveIntegerField()
    means = models.JSONField()  # aspect: mean 1 to 4, or null below five scores

    class Meta:
        app_label = "forum"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(raters__gte=5), name="session_scores_of_five_or_more"
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.raters}"
