"""Making this the installation of a city."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import selectors, services
from accounts.models import City, District, Unit, Village

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty():
    """An installation without a city."""
    for model in (City, Village, District, Unit):
        model.objects.all().delete()
    selectors.forget_city()


@pytest.mark.parametrize(
    ("slug", "districts", "villages", "units", "population"),
    [
        ("pontianak", 6, 29, 22, 687031),
        ("tanjungbalai", 6, 31, 17, 187939),
        ("salatiga", 4, 23, 22, 198971),
    ],
)
def test_each_city_loads_and_loads_again(empty, slug, districts, villages, units, population):
    for _time in range(2):
        loaded = services.load_city(slug)
        assert (loaded.districts, loaded.villages, loaded.units) == (districts, villages, units)
    city = selectors.city()
    assert (city.pk, city.slug, city.theme, city.population) == (1, slug, slug, population)
    assert all(v.code.startswith(f"{city.code}.") for v in selectors.villages())
    assert all(v.code.startswith(f"{v.district_id}.") for v in selectors.villages())
    assert len(selectors.village_groups()) == districts


def test_villages_have_the_name_that_people_write(empty):
    services.load_city("pontianak")
    village = Village.objects.get(code="61.71.01.1004")
    assert (village.name, village.official_name) == ("Parit Tokaya", "Parittokaya")
    assert (village.district.name, village.postal_code) == ("Pontianak Selatan", "78121")


def test_a_repeat_mends_villages_and_leaves_the_units_of_the_city(empty):
    services.load_city("salatiga")
    Village.objects.filter(name="Bugel").update(name="Salah")
    Unit.objects.filter(slug="dlh").update(name="Dinas Hijau", is_active=False)
    Unit.objects.filter(slug="bpbd").delete()
    services.load_city("salatiga")
    assert Village.objects.filter(name="Bugel").exists()
    unit = Unit.objects.get(slug="dlh")
    assert (unit.name, unit.is_active) == ("Dinas Hijau", False)
    assert Unit.objects.filter(slug="bpbd").exists()
    assert unit not in selectors.units()


def test_an_installation_serves_one_city(empty):
    services.load_city("salatiga")
    with pytest.raises(services.AnotherCity):
        services.load_city("pontianak")
    with pytest.raises(CommandError, match="Salatiga"):
        call_command("load_city", "pontianak")
    assert City.objects.get().slug == "salatiga"


@pytest.mark.parametrize("slug", ["jakarta", "", "../pontianak"])
def test_an_unknown_city_is_refused(empty, slug):
    with pytest.raises(LookupError):
        services.load_city(slug)
    assert not City.objects.exists()


def test_the_command_says_what_is_there(empty):
    out = StringIO()
    call_command("load_city", "tanjungbalai", stdout=out)
    assert "Kota Tanjungbalai: 6 kecamatan, 31 kelurahan" in out.getvalue()


def test_pages_open_before_a_city_is_loaded(empty, client):
    assert client.get("/akun/login/").status_code == 200


def test_times_are_the_citys_own(empty, settings):
    services.load_city("pontianak")
    assert selectors.city().time_zone == "Asia/Pontianak"


def test_the_city_is_read_once(empty, django_assert_num_queries):
    services.load_city("salatiga")
    selectors.city()
    with django_assert_num_queries(0):
        assert selectors.city().name == "Kota Salatiga"
