"""An aspirasi can become part of another one; the history says when and by whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_suspensions"),
        ("participation", "0006_first_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="idea",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="participation.idea",
            ),
        ),
        migrations.AlterField(
            model_name="ideahistory",
            name="field",
            field=models.CharField(
                choices=[("visibility", "Visibility"), ("status", "Status"), ("merged", "Merged")],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="idea",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="idea_not_merged_into_itself",
            ),
        ),
    ]
