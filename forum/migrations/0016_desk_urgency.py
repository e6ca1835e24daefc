"""The place in the queue of the cases that were there before: by their deadline."""

from django.db import migrations, models


def by_deadline(apps, schema_editor):
    apps.get_model("forum", "Case").objects.update(urgent_at=models.F("due_at"))


class Migration(migrations.Migration):
    dependencies = [("forum", "0016_desk")]

    operations = [migrations.RunPython(by_deadline, migrations.RunPython.noop)]
