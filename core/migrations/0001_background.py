"""What is due at which time, which job a worker holds, and the list of failed jobs."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import CASCADE


class Migration(migrations.Migration):
    initial = True

    dependencies = [("django_tasks_database", "0021_conditional_partial_index_ordering")]

    operations = [
        migrations.CreateModel(
            name="Due",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="pekerjaan")),
                ("key", models.CharField(max_length=200, verbose_name="kunci")),
                ("due_at", models.DateTimeField(verbose_name="jatuh tempo")),
                ("payload", models.JSONField(default=dict, verbose_name="isi")),
                (
                    "claimed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="diambil"),
                ),
                ("job_id", models.UUIDField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "pekerjaan terjadwal",
                "verbose_name_plural": "pekerjaan terjadwal",
                "indexes": [
                    models.Index(
                        condition=Q(claimed_at=None), fields=["due_at"], name="core_due_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["name", "key"], name="core_due_once_per_key"),
                    models.CheckConstraint(
                        condition=Q(claimed_at=None, job_id=None)
                        | Q(claimed_at__isnull=False, job_id__isnull=False),
                        name="core_due_claimed_with_its_job",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "job",
                    models.OneToOneField(
                        on_delete=CASCADE,
                        primary_key=True,
                        related_name="lease",
                        serialize=False,
                        to="django_tasks_database.dbtaskresult",
                    ),
                ),
                ("worker", models.CharField(max_length=100)),
                ("beat", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="FailedJob",
            fields=[],
            options={
                "verbose_name": "pekerjaan gagal",
                "verbose_name_plural": "pekerjaan gagal",
                "ordering": ["-finished_at"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("django_tasks_database.dbtaskresult",),
        ),
    ]
