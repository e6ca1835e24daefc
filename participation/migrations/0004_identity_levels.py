from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0003_follows_and_visits")]

    operations = [
        migrations.AlterField(
            model_name="idea",
            name="shown_as",
            field=models.CharField(
                choices=[
                    ("name", "Nama saya"),
                    ("pseudonym", "Warga kelurahan saya"),
                    ("hidden", "Disembunyikan"),
                ],
                default="name",
                max_length=20,
            ),
        ),
    ]
