"""The national calendar as the `holidays` package knows it."""

from collections.abc import Iterable
from datetime import date

# As in the stored text of Holiday.Kind; migrations call this too and know no model.
NATIONAL, JOINT_LEAVE = "national", "joint_leave"
YEARS = range(2025, 2029)
DECREE = "SKB Tiga Menteri"
ESTIMATE = "Perkiraan, belum ditetapkan SKB Tiga Menteri"


def official_days(years: Iterable[int] = YEARS) -> list[dict[str, object]]:
    """National holidays and joint leave, one row for each day: date, name, kind, source.

    Days that the moon decides are marked as estimates until the ministers' joint decree (SKB) has
    fixed them.
    """
    import holidays

    years = list(years)
    both = holidays.country_holidays(
        "ID", years=years, categories=("public", "government"), language="id"
    )
    public = holidays.country_holidays("ID", years=years, categories=("public",), language="id")
    return [_row(day, name, is_public=day in public) for day, name in sorted(both.items())]


def _row(day: date, name: str, *, is_public: bool) -> dict[str, object]:
    estimated = "perkiraan" in name
    return {
        "date": day,
        "name": name.replace("; ", ", ")[:120],
        "kind": NATIONAL if is_public else JOINT_LEAVE,
        "source": ESTIMATE if estimated else f"{DECREE} {day.year}",
    }


# Verification: "verifikasi dan penerusan laporan ke instansi", 3 working days from the report.
# First response: "instansi merumuskan tindak lanjut dan memberi tanggapan pertama", 5 working days
# from being passed on. Completing: "pelapor melengkapi informasi, bila tidak diarsipkan", 10
# calendar days, as the city of Pekalongan has it.
RULES_FROM = date(2018, 1, 1)
RULES = [
    ("verification", 3, "Ketentuan SP4N-LAPOR! (Kementerian PANRB): verifikasi 3 hari kerja"),
    (
        "first_response",
        5,
        "Ketentuan SP4N-LAPOR! (Kementerian PANRB): tanggapan pertama 5 hari kerja",
    ),
]
SETTINGS_REGULATION = "Ketentuan kota; waktu melengkapi 10 hari kalender seperti Kota Pekalongan"
