"""Work in the background: what is due when, which job a worker holds, which jobs failed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tasks import base as framework  # Django 6: from django.tasks import base as framework
from django_tasks_db.models import DBTaskResult


class Due(models.Model):
    """One thing to be done at a time: claimed once, in the transaction that enqueues its task."""

    name = models.CharField(_("pekerjaan"), max_length=100)
    key = models.CharField(_("kunci"), max_length=200)
    due_at = models.DateTimeField(_("jatuh tempo"))
    payload = models.JSONField(_("isi"), default=dict)
    claimed_at = models.DateTimeField(_("diambil"), null=True, editable=False)
    job_id = models.UUIDField(null=True, editable=False)  # the job that the claim enqueued

    class Meta:
        verbose_name = verbose_name_plural = _("pekerjaan terjadwal")
        constraints = [
            models.UniqueConstraint(fields=["name", "key"], name="core_due_once_per_key"),
            models.CheckConstraint(
                condition=models.Q(claimed_at=None, job_id=None)
                | models.Q(claimed_at__isnull=False, job_id__isnull=False),
                name="core_due_claimed_with_its_job",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(claimed_at=None), name="core_due_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class Lease(models.Model):
    """A worker holds a job. `beat` counts on while it lives; when it stands still, the job is free.

    A count and not a time: a clock that jumps can then neither free a running job nor keep a dead
    worker's.
    """

    job = models.OneToOneField(
        DBTaskResult, on_delete=models.CASCADE, primary_key=True, related_name="lease"
    )
    worker = models.CharField(max_length=100)
    beat = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.worker}: {self.job_id}"


class FailedJobs(models.Manager["FailedJob"]):
    def get_queryset(self) -> models.QuerySet["FailedJob"]:
        return super().get_queryset().filter(status=framework.TaskResultStatus.FAILED)


class FailedJob(DBTaskResult):
    """The dead letters: jobs that failed at their last try and wait for a person."""

    objects = FailedJobs()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        ordering = ["-finished_at"]
        verbose_name = verbose_name_plural = _("pekerjaan gagal")

    def __str__(self) -> str:
        return f"{self.task_path} {self.pk}"
