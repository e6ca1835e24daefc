"""The word lists to begin with. Afterwards the lists are the city's: later versions add, by name."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

SOURCE = Path(__file__).parent.parent / "screening" / "words.csv"


def add_rules(apps, schema_editor):
    rules = apps.get_model("forum", "WordRule")
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = set(rules.objects.filter(project=None).values_list("phrase", flat=True))
    rules.objects.bulk_create(
        rules(
            phrase=row["phrase"],
            list=row["list"],
            breaks=row["breaks"],
            unless=row["unless"],
            disguised_only=row["disguised"] == "ya",
            note=row["note"],
            valid_from=date(2025, 1, 1),
        )
        for row in rows
        if row["phrase"] not in known
    )


class Migration(migrations.Migration):
    dependencies = [("forum", "0017_screening")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
