"""A role can be for one project; the same active role for the same scope exists once."""

from django.db import migrations, models
from django.db.models.deletion import CASCADE
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("participation", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="rolegrant",
            name="project",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=CASCADE,
                related_name="+",
                to="participation.project",
                verbose_name="proyek",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(unit__isnull=True) | models.Q(project__isnull=True),
                name="accounts_rolegrant_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.UniqueConstraint(
                models.F("person"),
                models.F("role"),
                Coalesce("unit", models.Value(0)),
                Coalesce("project", models.Value(0)),
                condition=models.Q(ended_at__isnull=True),
                name="accounts_rolegrant_active_once",
            ),
        ),
    ]
