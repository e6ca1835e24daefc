"""The rules of SP4N-LAPOR! and the national calendar, as the city begins with them."""

from django.db import migrations

from forum.clock import official


def load(apps, schema_editor):
    holiday = apps.get_model("forum", "Holiday")
    holiday.objects.bulk_create(
        [holiday(**row) for row in official.official_days()], ignore_conflicts=True
    )
    apps.get_model("forum", "ClockSettings").objects.get_or_create(
        valid_from=official.RULES_FROM, defaults={"regulation": official.SETTINGS_REGULATION}
    )
    rule = apps.get_model("forum", "ClockRule")
    for step, days, regulation in official.RULES:
        rule.objects.get_or_create(
            step=step,
            valid_from=official.RULES_FROM,
            defaults={"days": days, "regulation": regulation},
        )


class Migration(migrations.Migration):
    dependencies = [("forum", "0013_clock")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
