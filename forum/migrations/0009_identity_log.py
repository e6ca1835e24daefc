import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_rolegrant_project"),
        ("forum", "0002_links"),
        ("participation", "0004_identity_levels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("length", models.PositiveIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="IdentityReveal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("threat", "Ancaman terhadap keselamatan seseorang"),
                            ("emergency", "Keadaan darurat, penulis mungkin perlu ditolong"),
                            ("legal", "Permintaan resmi penegak hukum atau pengadilan"),
                            ("abuse", "Penyalahgunaan berat yang berulang"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="participation.idea",
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.reply",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [models.Index(fields=["by", "at"], name="identity_reveal_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("number",), name="identity_reveal_number"),
                    models.UniqueConstraint(fields=("previous",), name="identity_reveal_one_chain"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("idea__isnull", False), ("reply__isnull", True)),
                            models.Q(("idea__isnull", True), ("reply__isnull", False)),
                            _connector="OR",
                        ),
                        name="identity_reveal_of_one_post",
                    ),
                ],
            },
        ),
    ]
