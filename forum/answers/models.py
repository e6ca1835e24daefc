"""The official answer to an aspirasi: one current text with its promises, versions and ratings."""

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
    published_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        app_label = "forum"

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.body[:40]}"


class Commitment(models.Model):
    """One thing that the answer says will, or will not, be done."""

    class Kind(models.TextChoices):
        FIRST = "first", _("Dikerjakan lebih dulu")
        PLANNED = "planned", _("Masuk rancangan")
        NOT_POSSIBLE = "not_possible", _("Belum bisa dipenuhi")

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="commitments")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.CharField(max_length=300)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "forum"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class AnswerVersion(models.Model):
    """A text that an official answer had before it was changed. Never changed."""

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    body = models.TextField()
    commitments = models.JSONField(default=list)
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


def _score() -> models.PositiveSmallIntegerField:
    """1 (tidak) to 4 (sangat), the four-point scale of the national satisfaction survey."""
    return models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )


class AnswerRating(models.Model):
    """What one resident thinks of an official answer. Never shown with the person."""

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="ratings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clear = _score()
    helpful = _score()
    timely = _score()
    courteous = _score()
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

    def __str__(self) -> str:
        return f"rating of {self.answer_id}"
