"""Numbers and addresses of people in a text: found by their structure, not by their length alone.

Every pattern has bounded repetition, so a hostile text costs time in proportion to its length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forum.screening.normal import Folded

# Provinces by the ministry's codes (Permendagri 300.2.2-2138/2025).
_PROVINCES = frozenset(
    [
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 54),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 98),
    ]
)

_SIXTEEN = re.compile(r"(?<![\d.])\d(?:[ .\-]?\d){15}(?![ .\-]?\d)")
_MOBILE = re.compile(
    r"(?<!\d)(?<!\d[.,])(?!0\d[-.]\d\d[-.]\d{4})(?!\d\d\.\d\d\s?-\s?\d\d\.\d\d)"
    r"(?:\+?\(?62\)?[ .\-]{0,2}0?|0)[ .\-]?8[ .\-]?[1-9](?:[ .\-()]{0,2}\d){7,10}(?!\d)"
)
# "O8I2": letters in the place of digits, only where the rest are digits.
_LETTERS_AS_DIGITS = str.maketrans("oil", "011")
_MAYBE_MOBILE = re.compile(r"(?<![a-z0-9])[0o][ .\-]?8(?:[ .\-]{0,2}[\doil]){8,11}(?![a-z0-9])")
_EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]{1,64}(?:@| ?[\[(]at[\])] ?)"
    r"[a-z0-9\-]{1,40}(?:(?:\.| ?[\[(]dot[\])] ?)[a-z0-9\-]{2,40}){1,4}"
)
_TAX = re.compile(r"(?<!\d)\d\d\.\d{3}\.\d{3}\.\d[-.]\d{3}\.\d{3}(?!\d)")
_ACCOUNT_WORD = re.compile(
    r"\b(?:rekening|norek|no\.? ?rek|rek|bca|bri|bni|btn|bsi|mandiri|dana|ovo|gopay|shopeepay)\b"
)
_ACCOUNT = re.compile(r"(?<![\d.])(?:\d[ .\-]?){9,15}\d(?![\d])")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?!KM|RT|RW|NO)[A-Z]{1,2} ?\d{2,4} ?[A-Z]{1,3}(?![A-Za-z0-9])"
)
_VEHICLE = re.compile(r"\b(?:plat|pelat|nopol|polisi|mobil|motor|truk|pikap|angkot|bus)\b")
_STREET = re.compile(
    r"\b(?:jl|jln|jalan|gg|gang|komplek|kompleks|perum|perumahan|blok)\b[^\n]{0,60}?"
    r"\b(?:no|nomor|nmr|blok)\b\.? {0,2}[a-z]{0,2}\d{1,4}"
)
_PRIVATE = re.compile(
    r"\b(?:rumah (?:saya|aku|dia|nya|pak|bu|bapak|ibu|keluarga|orang|si)|rumahnya|rumahku|"
    r"alamat(?:nya| saya| dia| rumah| rumahnya| pak| bu| lengkap)|tinggal di|tinggalnya|kediaman|"
    r"beralamat|kos(?:an)? (?:saya|dia)|kontrakan (?:saya|dia)|rumah[a-z ]{0,12} (?:pak|bu) )"
)


@dataclass(frozen=True, slots=True)
class Detail:
    """A private detail: what it is, where, and what is done about it."""

    code: str
    action: str
    start: int
    end: int


def details(folded: Folded) -> Iterator[Detail]:
    """The private details of a text. A public office's own address is none."""
    text = folded.text
    taken: list[tuple[int, int]] = []
    for match in _SIXTEEN.finditer(text):
        code, certain = _sixteen(text, match)
        if code:
            taken.append(match.span())
            yield Detail(code, "block" if certain else "hold", *match.span())
    for match in _TAX.finditer(text):
        taken.append(match.span())
        yield Detail("tax_number", "hold", *match.span())
    for match in _MOBILE.finditer(text):
        if _free(match, taken):
            taken.append(match.span())
            yield Detail("phone_number", "hold", *match.span())
    for match in _MAYBE_MOBILE.finditer(text):
        digits = match.group().translate(_LETTERS_AS_DIGITS)
        if _free(match, taken) and _MOBILE.fullmatch(digits):
            taken.append(match.span())
            yield Detail("phone_number", "hold", *match.span())
    for match in _EMAIL.finditer(text):
        if not match.group().endswith(".go.id"):
            yield Detail("email", "hold", *match.span())
    yield from _accounts(text, taken)
    yield from _plates(folded)
    for match in _STREET.finditer(text):
        if _PRIVATE.search(text, max(match.start() - 80, 0), min(match.end() + 40, len(text))):
            yield Detail("address", "flag", *match.span())


def _sixteen(text: str, match: re.Match[str]) -> tuple[str, bool]:
    """What a number of 16 digits is, and whether that is certain.

    NIK and KK begin with region and date: those go back to the writer at once, for nobody needs
    them on our disks. What is only called a NIK may be mistyped; NPWP says its name.
    """
    if _THOUSANDS.fullmatch(match.group()):
        return "", False
    digits = re.sub(r"\D", "", match.group())
    before = text[max(match.start() - 40, 0) : match.start()]
    if is_identity_number(digits):
        if re.search(r"\bkk\b|kartu keluarga", before):
            return "family_card", True
        return "identity_number", True
    if re.search(r"\b(?:nik|ktp|kk|kartu keluarga|kependudukan)\b", before):
        return "identity_number", False
    if re.search(r"\bnpwp\b", before):
        return "tax_number", False
    return "", False


def is_identity_number(digits: str) -> bool:
    """Whether 16 digits can be a NIK: region, date of birth (women's day + 40), serial from 1."""
    if len(digits) != 16 or not digits.isdigit():
        return False
    province, regency, district = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day, month, serial = int(digits[6:8]), int(digits[8:10]), int(digits[12:])
    return (
        province in _PROVINCES
        and 1 <= regency <= 79
        and district >= 1
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and serial >= 1
    )


def _accounts(text: str, taken: list[tuple[int, int]]) -> Iterator[Detail]:
    """Digits close behind the word for an account; a code of the budget is none."""
    after = 0
    for word in _ACCOUNT_WORD.finditer(text):
        if word.start() < after or "kode " in text[max(word.start() - 6, 0) : word.start()]:
            continue
        found = _ACCOUNT.search(text, word.end(), min(word.end() + 60, len(text)))
        if found is None or not _free(found, taken) or _THOUSANDS.fullmatch(found.group()):
            continue
        if "rp" in text[max(found.start() - 4, 0) : found.start()]:
            continue
        after = found.end()
        yield Detail("bank_account", "hold", *found.span())


def _plates(folded: Folded) -> Iterator[Detail]:
    """The plate of a vehicle that the text speaks of. In capitals, as plates are written."""
    text, original = folded.text, folded.original
    if not _VEHICLE.search(text):
        return
    place = 0
    for match in _PLATE.finditer(original):
        while place < len(folded.at) and folded.at[place] < match.start():
            place += 1
        end = place
        while end < len(folded.at) and folded.at[end] < match.end():
            end += 1
        if end > place and _VEHICLE.search(text, max(place - 60, 0), place):
            yield Detail("plate", "flag", place, end)


def _free(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    """Whether a number was not already told as something else; few are ever taken."""
    return not any(start < match.end() and match.start() < end for start, end in taken[:50])
