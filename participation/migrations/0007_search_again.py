"""The search index again: on SQLite a changed table has lost the triggers that keep it."""

from django.db import migrations

from core.search import renew_index_sql

TABLE, FIELD = "participation_idea", "search_text"


def renew(apps, schema_editor):
    for statement in renew_index_sql(schema_editor.connection.vendor, table=TABLE, field=FIELD):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("participation", "0007_mergers")]

    operations = [migrations.RunPython(renew, renew)]
