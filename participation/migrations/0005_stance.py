from django.db import migrations, models


class Migration(migrations.Migration):
    """A project may ask replies for a stance."""

    dependencies = [("participation", "0004_identity_levels")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="takes_stance",
            field=models.BooleanField(default=False),
        ),
    ]
