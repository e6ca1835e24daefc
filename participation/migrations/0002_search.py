"""The search index of aspirasi: GIN on PostgreSQL, an FTS5 table on SQLite."""

from django.db import migrations

from core.search import drop_index_sql, index_sql

TABLE, FIELD = "participation_idea", "search_text"


def make(apps, schema_editor):
    for statement in index_sql(schema_editor.connection.vendor, table=TABLE, field=FIELD):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in drop_index_sql(schema_editor.connection.vendor, table=TABLE):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("participation", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
