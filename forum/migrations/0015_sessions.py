"""Tanya langsung: sessions, questions, answers, ratings, and the search index of questions."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.search import drop_index_sql, index_sql

TABLE, FIELD = "forum_question", "search_text"


def make_index(apps, schema_editor):
    for statement in index_sql(schema_editor.connection.vendor, table=TABLE, field=FIELD):
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in drop_index_sql(schema_editor.connection.vendor, table=TABLE):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_rolegrant_project"),
        ("forum", "0014_clock_data"),
        ("participation", "0003_follows_and_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "shown_as",
                    models.CharField(default="name", max_length=20),
                ),
                ("body", models.TextField()),
                ("findings", models.JSONField(blank=True, default=list)),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("held", "Diperiksa petugas"),
                            ("published", "Tayang"),
                            ("hidden", "Disembunyikan"),
                            ("withdrawn", "Ditarik penulis"),
                        ],
                        default="held",
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Dalam antrean"),
                            ("being_answered", "Sedang dijawab"),
                            ("answered", "Dijawab tertulis"),
                            ("answered_aloud", "Dijawab lisan"),
                            ("skipped", "Dilewati"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("support_count", models.PositiveIntegerField(default=0, editable=False)),
                ("ranked_count", models.PositiveIntegerField(default=0, editable=False)),
                ("order", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ("place", models.PositiveBigIntegerField(default=0, editable=False)),
                ("revision", models.PositiveBigIntegerField(default=0, editable=False)),
                ("desk_revision", models.PositiveBigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["order", "id"],
            },
        ),
        migrations.CreateModel(
            name="QuestionHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("visibility", "Visibility"),
                            ("state", "State"),
                            ("answer", "Answer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("rule", models.CharField(blank=True, max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="forum.question",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveBigIntegerField(default=0, editable=False)),
                ("title", models.CharField(max_length=120)),
                ("description", models.TextField(blank=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Dijadwalkan"),
                            ("open", "Sedang berlangsung"),
                            ("closed", "Selesai"),
                            ("cancelled", "Dibatalkan"),
                        ],
                        default="scheduled",
                        max_length=20,
                    ),
                ),
                ("premoderated", models.BooleanField(default=False)),
                (
                    "most_open",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("head_revision", models.PositiveBigIntegerField(default=0, editable=False)),
                ("desk_revision", models.PositiveBigIntegerField(default=0, editable=False)),
                ("question_count", models.PositiveIntegerField(default=0, editable=False)),
                ("answered_count", models.PositiveIntegerField(default=0, editable=False)),
                ("supports_shown_at", models.DateTimeField(editable=False, null=True)),
                ("supports_due", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="participation.project",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="question",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="questions",
                to="forum.session",
            ),
        ),
        migrations.CreateModel(
            name="SessionAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("body", models.TextField()),
                ("body_html", models.TextField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "question",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer",
                        to="forum.question",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SessionHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("old", models.CharField(blank=True, max_length=80)),
                ("new", models.CharField(max_length=80)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="forum.session",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SessionOfficer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="session_officers",
                        to="forum.session",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="session",
            name="officers",
            field=models.ManyToManyField(
                related_name="+", through="forum.SessionOfficer", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="SessionRating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("clear", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("helpful", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("timely", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("courteous", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("rated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="forum.sessionanswer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuestionSupport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supports",
                        to="forum.question",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("question", "person"), name="question_support_once_per_person"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                condition=models.Q(("state", "waiting"), ("visibility", "published")),
                fields=["session", "-ranked_count", "order"],
                name="question_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                condition=models.Q(("visibility", "published")),
                fields=["session", "-place"],
                name="question_record",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["session", "revision"], name="question_changes"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["session", "desk_revision"], name="question_desk_changes"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["session", "author"], name="question_own"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                fields=("author", "client_key"), name="question_once_per_client_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("visibility", "published"), _negated=True),
                    ("order__isnull", False),
                    _connector="OR",
                ),
                name="question_published_has_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "waiting"), ("officer__isnull", False), _connector="OR"
                ),
                name="question_taken_has_officer",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionofficer",
            constraint=models.UniqueConstraint(
                fields=("session", "person"), name="session_officer_once"
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["project", "starts_at"], name="session_of_project"),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="session_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_open__gte", 1)), name="session_takes_questions"
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionrating",
            constraint=models.UniqueConstraint(
                fields=("answer", "person"), name="session_rating_once_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionrating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("clear__isnull", True),
                    models.Q(("clear__gte", 1), ("clear__lte", 4)),
                    _connector="OR",
                ),
                name="session_rating_clear_1_to_4",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionrating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("helpful__isnull", True),
                    models.Q(("helpful__gte", 1), ("helpful__lte", 4)),
                    _connector="OR",
                ),
                name="session_rating_helpful_1_to_4",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionrating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("timely__isnull", True),
                    models.Q(("timely__gte", 1), ("timely__lte", 4)),
                    _connector="OR",
                ),
                name="session_rating_timely_1_to_4",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionrating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("courteous__isnull", True),
                    models.Q(("courteous__gte", 1), ("courteous__lte", 4)),
                    _connector="OR",
                ),
                name="session_rating_courteous_1_to_4",
            ),
        ),
        migrations.RunPython(make_index, drop_index),
    ]
