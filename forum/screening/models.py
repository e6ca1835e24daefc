"""What the screening knows: word lists, what was posted lately, the score learnt from decisions."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.moderation.models import Rule
from forum.screening.lexicon import combinations


def check_phrase(value: str) -> None:
    """A phrase has letters, and few enough combinations to be looked up."""
    try:
        made = combinations(value)
    except ValueError as error:
        raise ValidationError(
            _("Terlalu banyak gabungan dari tanda /. Bagi menjadi beberapa baris."), code="many"
        ) from error
    if not any(len("".join(wording)) > 2 for wording in made):
        raise ValidationError(_("Tulis sedikitnya tiga huruf."), code="short")


class WordRule(models.Model):
    """A word or phrase that the screening looks for, and what happens to a post that holds it.

    `phrase`: words; "kau/kamu babi/monyet" is each combination. `unless`: words that, near it, make
    it harmless. `disguised_only`: harmless when written plainly ("anjing"), not when disguised.
    Without a project it counts in the whole city. Counts from `valid_from`, a day in the city.
    """

    class List(models.TextChoices):
        BLOCK = "block", _("Tolak saat dikirim")
        HOLD = "hold", _("Tahan untuk petugas")
        FLAG = "flag", _("Tayang, lalu diperiksa")
        ALLOW = "allow", _("Selalu boleh")

    phrase = models.CharField(_("kata atau frasa"), max_length=300, validators=[check_phrase])
    list = models.CharField(_("tindakan"), max_length=10, choices=List.choices)
    breaks = models.CharField(
        _("aturan yang dilanggar"), max_length=20, choices=Rule.choices, default=Rule.PERSON
    )
    unless = models.CharField(_("kecuali dekat kata"), max_length=400, blank=True)
    disguised_only = models.BooleanField(_("hanya bila disamarkan"), default=False)
    note = models.CharField(_("keterangan"), max_length=120, blank=True)
    project = models.ForeignKey(
        "participation.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    valid_from = models.DateField(_("berlaku mulai"), default=timezone.localdate)
    is_active = models.BooleanField(_("dipakai"), default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["phrase", "id"]
        verbose_name = _("kata saringan")
        verbose_name_plural = _("kata saringan")
        constraints = [
            models.UniqueConstraint(
                fields=["phrase"],
                condition=models.Q(project__isnull=True),
                name="word_rule_once_in_city",
            ),
            models.UniqueConstraint(fields=["phrase", "project"], name="word_rule_once_in_project"),
        ]

    def __str__(self) -> str:
        return self.phrase


class Fingerprint(models.Model):
    """One of the marks of a text that was posted lately; the text cannot be told from them.

    A post has the mark of its whole text and those of its eight smallest runs of words: two texts
    that share most of them are nearly the same.
    """

    project = models.ForeignKey("participation.Project", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    post_id = models.PositiveBigIntegerField()
    mark = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "post_id", "mark"], name="fingerprint_mark_once"
            )
        ]
        indexes = [
            models.Index(fields=["project", "mark", "at"], name="fingerprint_alike"),
            models.Index(fields=["author", "at"], name="fingerprint_pace"),
            models.Index(fields=["at"], name="fingerprint_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.post_id}"


class LearntScore(models.Model):
    """What was learnt from the moderators' decisions, one version a row; the newest is in force.

    `weights`: by word or pair of words, how much it speaks for hiding (log of the odds). Without
    weights nothing is scored. Decisions before `since` are not learnt from: a reset is a row
    without weights.
    """

    weights = models.JSONField(default=dict)
    hidden = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    since = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"score {self.pk}"


class ScoreSwitch(models.Model):
    """Whether the learnt score is used in a project; one row a change, the newest counts."""

    project = models.ForeignKey("participation.Project", on_delete=models.CASCADE, related_name="+")
    is_on = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="score_switch_newest")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.is_on}"
