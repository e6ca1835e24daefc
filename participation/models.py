"""Projects with their phases, and the aspirasi that residents send to them."""

import uuid
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.live import Watched
from core.publishing import Visibility


class Category(models.Model):
    """What an aspirasi is about."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=20, default="chat")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


class Project(Watched):
    """Something the city plans or does and on which it wants to hear residents.

    `revision` counts the visible changes of the project's list of aspirasi.
    """

    class Kind(models.TextChoices):
        PARK = "park", _("Taman kota")
        GREEN = "green", _("Program hijau")
        ROAD = "road", _("Jalan dan drainase")
        INNOVATION = "innovation", _("Inovasi pegawai")
        OTHER = "other", _("Lainnya")

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=240)
    description = models.TextField(blank=True)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    staff_only = models.BooleanField(default=False)
    premoderated = models.BooleanField(default=False)
    takes_stance = models.BooleanField(default=False)  # replies may say for or against
    first_posts_checked = models.BooleanField(default=False)
    is_published = models.BooleanField(default=True)
    village = models.ForeignKey(
        "accounts.Village", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    budget = models.CharField(max_length=80, blank=True)
    opened_on = models.DateField()
    idea_count = models.PositiveIntegerField(default=0, editable=False)
    answered_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-opened_on", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        return f"project.{self.pk}"

    def phase_on(self, day: date) -> "Phase | None":
        """The phase that runs on a day: of those begun, the last; None before the first."""
        begun = [phase for phase in self.phases.all() if phase.starts_on <= day]
        return begun[-1] if begun else None

    @property
    def phase(self) -> "Phase | None":
        return self.phase_on(timezone.localdate())


class Stage(models.TextChoices):
    """The five stages of a project, in order."""

    PROPOSAL = "proposal", _("Usulan")
    DISCUSSION = "discussion", _("Pembahasan")
    DECISION = "decision", _("Keputusan")
    IMPLEMENTATION = "implementation", _("Pelaksanaan")
    DONE = "done", _("Selesai")


class Phase(models.Model):
    """One stage of a project with its dates (both days included)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phases")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["project_id", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "stage"], name="phase_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="phase_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} ({self.starts_on})"

    def is_over(self, day: date) -> bool:
        return self.ends_on is not None and day > self.ends_on

    @property
    def days_left(self) -> int | None:
        """Whole days until the last day; None when there is no end or it has passed."""
        if self.ends_on is None:
            return None
        left = (self.ends_on - timezone.localdate()).days
        return left if left >= 0 else None

    @property
    def position(self) -> int:
        """1 to 5."""
        return Stage.values.index(self.stage) + 1


class ShownAs(models.TextChoices):
    """How the author of a post appears to everybody else."""

    NAME = "name", _("Nama saya")
    PSEUDONYM = "pseudonym", _("Warga kelurahan saya")
    HIDDEN = "hidden", _("Disembunyikan")


class Status(models.TextChoices):
    """How far an aspirasi has come."""

    OPEN = "open", _("Tayang")
    ANSWERED = "answered", _("Ditanggapi")
    PLANNED = "planned", _("Masuk rancangan")
    IN_PROGRESS = "in_progress", _("Dikerjakan")
    DONE = "done", _("Selesai")
    DECLINED = "declined", _("Tidak dilanjutkan")
    OUTSIDE_AUTHORITY = "outside_authority", _("Bukan kewenangan")


class Idea(Watched):
    """An aspirasi: what a resident proposes for a project.

    `revision` counts the visible changes of its page; `project_revision` is the project's count at
    the last change of its row in the project's list. One that was merged into another stays
    readable and takes no more support or replies.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ideas")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=100)
    body = models.TextField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey("accounts.Village", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    shown_as = models.CharField(max_length=20, choices=ShownAs.choices, default=ShownAs.NAME)
    visibility = models.CharField(
        max_length=20, choices=Visibility.choices, default=Visibility.HELD
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    support_count = models.PositiveIntegerField(default=0, editable=False)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    project_revision = models.PositiveBigIntegerField(default=0, editable=False)
    status_revision = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "client_key"], name="idea_once_per_client_key"
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility=Visibility.PUBLISHED)
                | models.Q(published_at__isnull=False),
                name="idea_published_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="idea_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(
                fields=["published_at", "id"],
                name="idea_newest",
                condition=models.Q(visibility=Visibility.PUBLISHED),
            ),
            models.Index(
                fields=["support_count", "id"],
                name="idea_most_supported",
                condition=models.Q(visibility=Visibility.PUBLISHED),
            ),
            models.Index(
                fields=["answered_at", "id"],
                name="idea_last_answered",
                condition=models.Q(visibility=Visibility.PUBLISHED, answered_at__isnull=False),
            ),
            models.Index(
                fields=["project", "published_at", "id"],
                name="idea_newest_in_project",
                condition=models.Q(visibility=Visibility.PUBLISHED),
            ),
            models.Index(
                fields=["project", "support_count", "id"],
                name="idea_supported_in_project",
                condition=models.Q(visibility=Visibility.PUBLISHED),
            ),
            models.Index(fields=["project", "project_revision"], name="idea_changes_in_project"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """The public number, as in R-2026-1285."""
        return f"R-{timezone.localtime(self.created_at).year}-{self.pk}"

    @property
    def topic(self) -> str:
        return f"idea.{self.pk}"

    @property
    def is_published(self) -> bool:
        return self.visibility == Visibility.PUBLISHED


class IdeaHistory(models.Model):
    """One change of an aspirasi's visibility or status, or a merger: who, when, from, to, why.

    Of a merger `old` and `new` are the number of the aspirasi that it is part of. Never changed.
    """

    class Field(models.TextChoices):
        VISIBILITY = "visibility"
        STATUS = "status"
        MERGED = "merged"

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="history")
    field = models.CharField(max_length=20, choices=Field.choices)
    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="idea_history_at")]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.old} -> {self.new}"

    @property
    def new_word(self) -> str:
        """The new state in the words of the screen."""
        labels = {**dict(Visibility.choices), **dict(Status.choices)}
        return str(labels.get(self.new, self.new))


class Support(models.Model):
    """A person stands behind an aspirasi, once."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="supports")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "person"], name="support_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} -> {self.idea_id}"


class Follow(models.Model):
    """A person wants to hear of a project, or nothing of it at all."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    muted = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="follow_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {'mutes' if self.muted else 'follows'} {self.project_id}"


class Visit(models.Model):
    """When a person last looked at a project, or (without one) at the home page.

    `at` is the last look. `before` is the end of the visit before this one: what changed since then
    is new to the person.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # NULL is never equal to NULL in an index: the home page needs its own.
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(project=None), name="visit_home_once"
            ),
            models.UniqueConstraint(fields=["person", "project"], name="visit_project_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.project_id or 'home'}"


class Photo(models.Model):
    """A photo of an aspirasi, already made small and stripped of place and device."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="photos")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to="photos/%Y/%m")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.key)
