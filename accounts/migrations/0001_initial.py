"""The city with its districts, villages and units; people, their roles and staff profiles."""

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE, PROTECT, SET_NULL
from django.db.models.functions import Lower

ROLES = [
    ("responder", "Pejabat penghubung"),
    ("moderator", "Petugas moderasi"),
    ("planner", "Perencana"),
    ("bkpsdm", "Pengelola kompetensi (BKPSDM)"),
    ("leader", "Pimpinan"),
    ("city_admin", "Admin kota"),
    ("auditor", "Pengawas"),
]


def key() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def latitude() -> models.DecimalField:
    return models.DecimalField(decimal_places=6, max_digits=9, verbose_name="lintang")


def longitude() -> models.DecimalField:
    return models.DecimalField(decimal_places=6, max_digits=9, verbose_name="bujur")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="City",
            fields=[
                ("id", key()),
                ("slug", models.SlugField(max_length=40, verbose_name="nama singkat")),
                ("name", models.CharField(max_length=80, verbose_name="nama")),
                ("province", models.CharField(max_length=80, verbose_name="provinsi")),
                ("code", models.CharField(max_length=5, verbose_name="kode wilayah")),
                ("time_zone", models.CharField(max_length=40, verbose_name="zona waktu")),
                (
                    "time_zone_label",
                    models.CharField(max_length=4, verbose_name="singkatan zona waktu"),
                ),
                ("latitude", latitude()),
                ("longitude", longitude()),
                ("population", models.PositiveIntegerField(verbose_name="jumlah penduduk")),
                ("theme", models.SlugField(max_length=40, verbose_name="tema warna")),
            ],
            options={
                "verbose_name": "kota",
                "verbose_name_plural": "kota",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(pk=1), name="accounts_city_only_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="District",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=8, primary_key=True, serialize=False, verbose_name="kode"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nama")),
                ("latitude", latitude()),
                ("longitude", longitude()),
            ],
            options={
                "verbose_name": "kecamatan",
                "verbose_name_plural": "kecamatan",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Village",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=13, primary_key=True, serialize=False, verbose_name="kode"
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="villages",
                        to="accounts.district",
                        verbose_name="kecamatan",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nama")),
                ("official_name", models.CharField(max_length=80, verbose_name="nama resmi")),
                ("postal_code", models.CharField(max_length=5, verbose_name="kode pos")),
                ("latitude", latitude()),
                ("longitude", longitude()),
            ],
            options={
                "verbose_name": "kelurahan",
                "verbose_name_plural": "kelurahan",
                "ordering": ["district__name", "name"],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", key()),
                ("slug", models.SlugField(max_length=60, verbose_name="nama singkat di alamat")),
                ("name", models.CharField(max_length=160, verbose_name="nama")),
                (
                    "short_name",
                    models.CharField(blank=True, max_length=40, verbose_name="singkatan"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="urutan")),
                ("is_active", models.BooleanField(default=True, verbose_name="aktif")),
            ],
            options={
                "verbose_name": "perangkat daerah",
                "verbose_name_plural": "perangkat daerah",
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("slug",), name="accounts_unit_slug_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", key()),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="email")),
                ("display_name", models.CharField(max_length=60, verbose_name="nama panggilan")),
                (
                    "village",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=PROTECT,
                        related_name="residents",
                        to="accounts.village",
                        verbose_name="kelurahan",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="aktif")),
                (
                    "is_staff",
                    models.BooleanField(default=False, verbose_name="boleh membuka halaman admin"),
                ),
                (
                    "blocked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="diblokir sejak"),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
                        default="",
                        max_length=2,
                        verbose_name="bahasa",
                    ),
                ),
                (
                    "joined_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="bergabung"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "orang",
                "verbose_name_plural": "orang",
                "constraints": [
                    models.UniqueConstraint(fields=("email",), name="accounts_person_email_unique"),
                    models.CheckConstraint(
                        condition=models.Q(email=Lower("email")),
                        name="accounts_person_email_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(display_name="", _negated=True),
                        name="accounts_person_display_name_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(blocked_at__isnull=True) | models.Q(is_active=False),
                        name="accounts_person_blocked_is_inactive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", key()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=CASCADE,
                        related_name="role_grants",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="orang",
                    ),
                ),
                (
                    "role",
                    models.CharField(choices=ROLES, max_length=12, verbose_name="peran"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=PROTECT,
                        related_name="role_grants",
                        to="accounts.unit",
                        verbose_name="perangkat daerah",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="diberi oleh",
                    ),
                ),
                (
                    "granted_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="diberi"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="berakhir"),
                ),
            ],
            options={
                "verbose_name": "peran",
                "verbose_name_plural": "peran",
                "ordering": ["-granted_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(role__in=[value for value, _label in ROLES]),
                        name="accounts_rolegrant_known_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffProfile",
            fields=[
                ("id", key()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=CASCADE,
                        related_name="staff_profile",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="orang",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="staff",
                        to="accounts.unit",
                        verbose_name="perangkat daerah",
                    ),
                ),
                ("position", models.CharField(max_length=160, verbose_name="jabatan")),
            ],
            options={
                "verbose_name": "profil pegawai",
                "verbose_name_plural": "profil pegawai",
            },
        ),
    ]
