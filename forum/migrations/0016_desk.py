"""The desk: urgency, claims, presence, cases that wait for their author, more decisions."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_suspensions"),
        ("forum", "0015_sessions"),
        ("participation", "0007_search_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AtDesk",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Takeover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AlterModelOptions(
            name="case",
            options={"ordering": ["urgent_at", "id"]},
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_open_once_per_idea",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_open_once_per_reply",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_open",
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="edit_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="urgent_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="ruling",
            name="days",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="ruling",
            name="into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="participation.idea",
            ),
        ),
        migrations.AddField(
            model_name="ruling",
            name="post_text",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="ruling",
            name="post_title",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name="case",
            name="cause",
            field=models.CharField(
                choices=[
                    ("held", "Ditahan saringan"),
                    ("flagged", "Dilaporkan warga"),
                    ("first", "Tulisan pertama"),
                    ("edited", "Diperbaiki penulis"),
                    ("examined", "Dibuka petugas"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Perlu diperiksa"),
                    ("waiting", "Menunggu perbaikan penulis"),
                    ("closed", "Selesai"),
                ],
                default="open",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="ruling",
            name="decision",
            field=models.CharField(
                choices=[
                    ("publish", "Terbitkan"),
                    ("hide", "Sembunyikan"),
                    ("restore", "Tampilkan kembali"),
                    ("keep", "Biarkan tayang"),
                    ("ask_edit", "Minta perbaikan"),
                    ("warn", "Ingatkan penulis"),
                    ("suspend", "Batasi akun"),
                    ("merge", "Gabungkan"),
                    ("split", "Pisahkan lagi"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["urgent_at", "id"], name="case_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["decided_at"], name="case_decided"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("idea",),
                name="case_unsettled_once_per_idea",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("reply",),
                name="case_unsettled_once_per_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claimed_by__isnull", True), ("claimed_until__isnull", False), _connector="OR"
                ),
                name="case_claim_has_end",
            ),
        ),
        migrations.AddField(
            model_name="atdesk",
            name="case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="viewers",
                to="forum.case",
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="takeovers",
                to="forum.case",
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="held_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
