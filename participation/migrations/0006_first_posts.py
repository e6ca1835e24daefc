"""A project may ask for the first post of a new account to be looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0005_stance")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="first_posts_checked",
            field=models.BooleanField(default=False),
        ),
    ]
