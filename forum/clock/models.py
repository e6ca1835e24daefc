"""The city's days off, the rules of the answer clock, and the clocks that run."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """A day on which the city's offices are closed.

    A day that does not apply any more is switched off, not deleted: loading the national calendar
    again must not bring it back.
    """

    class Kind(models.TextChoices):
        NATIONAL = "national", _("Libur nasional")
        JOINT_LEAVE = "joint_leave", _("Cuti bersama")
        LOCAL = "local", _("Libur daerah")

    date = models.DateField(_("tanggal"))
    name = models.CharField(_("nama"), max_length=120)
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind.choices)
    source = models.CharField(_("dasar"), max_length=160, blank=True)
    applies = models.BooleanField(_("berlaku"), default=True)

    class Meta:
        app_label = "forum"
        verbose_name = _("hari libur")
        verbose_name_plural = _("hari libur")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["date"], name="holiday_once_per_day")]

    def __str__(self) -> str:
        return f"{self.date}: {self.name}"


def saturday_and_sunday() -> list[int]:
    return [6, 7]


def _days_of_the_week(value: Any) -> None:
    days = {1, 2, 3, 4, 5, 6, 7}
    known = isinstance(value, list) and all(type(day) is int and day in days for day in value)
    if not known or len(set(value)) == len(days):
        raise ValidationError(_("Tulis nomor hari, Senin 1 sampai Minggu 7, paling banyak enam."))


class ClockSettings(models.Model):
    """What holds for all clocks from a day on: the weekend, when to warn, how long to wait.

    The newest row whose `valid_from` has come is in force.
    """

    valid_from = models.DateField(_("berlaku mulai"))
    weekend = models.JSONField(
        _("akhir pekan"), default=saturday_and_sunday, validators=[_days_of_the_week]
    )
    amber_days = models.PositiveSmallIntegerField(_("kuning bila sisa (hari kerja)"), default=1)
    escalation_days = models.PositiveSmallIntegerField(
        _("ke sekretariat setelah lewat (hari kerja)"), default=2
    )
    completion_days = models.PositiveSmallIntegerField(
        _("waktu warga melengkapi (hari kalender)"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    regulation = models.CharField(_("dasar"), max_length=240)

    class Meta:
        app_label = "forum"
        verbose_name = _("pengaturan jam jawaban")
        verbose_name_plural = _("pengaturan jam jawaban")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="clock_settings_once_per_day")
        ]

    def __str__(self) -> str:
        return str(self.valid_from)


class Step(models.TextChoices):
    """What a clock waits for."""

    VERIFICATION = "verification", _("Verifikasi")
    FIRST_RESPONSE = "first_response", _("Tanggapan pertama")


class ClockRule(models.Model):
    """How many working days a step may take, from a day on, by which regulation.

    The rule in force when the clock starts applies, however it is changed later. Of several the
    most particular one counts: by category, then by kind of project, then the one for all.
    """

    step = models.CharField(_("langkah"), max_length=20, choices=Step.choices)
    project_kind = models.CharField(_("jenis proyek"), max_length=20, blank=True)
    category = models.ForeignKey(
        "participation.Category",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kategori"),
    )
    days = models.PositiveSmallIntegerField(
        _("hari kerja"), validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    valid_from = models.DateField(_("berlaku mulai"))
    regulation = models.CharField(_("dasar"), max_length=240)

    class Meta:
        app_label = "forum"
        verbose_name = _("aturan jam jawaban")
        verbose_name_plural = _("aturan jam jawaban")
        ordering = ["step", "-valid_from", "id"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.days}, {self.valid_from}"


class Clock(models.Model):
    """One step of one aspirasi: when it began, by when it is due, when it was done.

    `started_at` is a moment; it counts from the day it lies in. `due_on` is the last day in time.
    While `paused_at` is set nobody but the resident is waited for, and `due_on` means nothing.
    """

    idea = models.ForeignKey("participation.Idea", on_delete=models.CASCADE, related_name="clocks")
    step = models.CharField(max_length=20, choices=Step.choices)
    # Whose table it counts in; none while the aspirasi is back with the verifiers.
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(ClockRule, null=True, on_delete=models.SET_NULL, related_name="+")
    days = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_on = models.DateField(null=True)
    met_days = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "step"], name="clock_once_per_step"),
            models.CheckConstraint(
                condition=models.Q(met_at__isnull=True, met_on__isnull=True, met_days__isnull=True)
                | models.Q(met_at__isnull=False, met_on__isnull=False, met_days__isnull=False),
                name="clock_met_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="clock_running",
                condition=models.Q(met_at__isnull=True, ended_at__isnull=True),
            ),
            models.Index(fields=["met_on", "unit"], name="clock_met"),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.step}: {self.due_on}"

    @property
    def is_running(self) -> bool:
        """Whether it is neither met nor ended (a paused one runs on later)."""
        return self.met_at is None and self.ended_at is None


class ClockPause(models.Model):
    """A time in which a clock stood still, waiting for the resident. The last may still last."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=models.Q(ended_at=None), name="clock_paused_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id}: {self.started_at} - {self.ended_at}"


class Level(models.TextChoices):
    """How near the end of a clock's time is."""

    GREEN = "hijau", _("Masih ada waktu")
    AMBER = "kuning", _("Segera habis")
    RED = "merah", _("Lewat batas")
    ESCALATED = "sekretariat", _("Sudah lama lewat batas")


class ClockReminder(models.Model):
    """That a clock's level was told. Once per clock and level, whatever the clock does later."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="reminders")
    level = models.CharField(max_length=20, choices=Level.choices)
    recipients = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "level"], name="reminder_once_per_level")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id}: {self.level}"
