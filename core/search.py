"""Searching in Indonesian: one normal form for texts and for what people look for.

Lower case, no accents, everyday spellings to standard ones, no stop words, crude stems. The stems
come from snowballstemmer; the exceptions are words that it cuts wrongly.
"""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer
from django.db import connection
from django.db.models import QuerySet

_WORD = re.compile(r"[a-z0-9]+")
_stemmer = snowballstemmer.stemmer("indonesian")

EVERYDAY = {
    "jln": "jalan", "jl": "jalan", "jaln": "jalan", "gg": "gang", "kel": "kelurahan",
    "kec": "kecamatan", "lampunya": "lampu", "pju": "lampu", "selokan": "drainase",
    "parit": "parit", "got": "drainase", "sekolahan": "sekolah", "tmn": "taman",
    "gak": "tidak", "nggak": "tidak", "ga": "tidak", "tdk": "tidak", "dgn": "dengan",
    "utk": "untuk", "yg": "yang", "bgt": "banget", "krn": "karena", "sdh": "sudah",
    "udah": "sudah", "blm": "belum", "lg": "lagi", "org": "orang", "tmpt": "tempat",
    "sampahnya": "sampah", "ijin": "izin", "trotoir": "trotoar",
}  # fmt: skip
STOP_WORDS = frozenset(
    """
    ada adalah agar akan aku anda apa atau bagi bahwa banyak belum bila bisa buat bukan cuma
    dalam dan dapat dari dengan di dia hanya harus hingga ini itu jadi jangan jika juga kalau
    kami kamu karena ke kita lagi lebih maka masih mereka mohon nya oleh pada paling para per
    pun saat saja sama sampai sangat saya sebagai sebuah sedang sehingga sekali selalu semua
    seperti serta setiap sudah supaya tapi telah tentang terus tetapi tidak tolong untuk yaitu
    yang
    """.split()
)
NOT_STEMMED = frozenset("kapuas asahan merbabu taman jalan pekan ikan hutan makan lapangan".split())


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    word = EVERYDAY.get(word, word)
    return word if word in NOT_STEMMED or len(word) < 4 else str(_stemmer.stemWord(word))


def normal_form(*texts: str) -> str:
    """The searchable form of texts: stems separated by blanks."""
    plain = unicodedata.normalize("NFKD", " ".join(texts).lower())
    words = _WORD.findall(plain.encode("ascii", "ignore").decode())
    return " ".join(_stem(word) for word in words if word not in STOP_WORDS and len(word) < 40)


def matching(rows: QuerySet, query: str, *, field: str, table: str) -> QuerySet:
    """Rows whose `field` (in normal form) holds every word of `query`; all rows for no words.

    PostgreSQL answers from a GIN index on the `simple` configuration, SQLite from the FTS5 table
    named `<table>_search`; both are made by a migration.
    """
    words = list(dict.fromkeys(normal_form(query[:200]).split()))[:8]
    if not words:
        return rows
    if connection.vendor == "postgresql":
        wanted = " & ".join(f"{word}:*" for word in words)
        return rows.extra(
            where=[f"to_tsvector('simple', {table}.{field}) @@ to_tsquery('simple', %s)"],
            params=[wanted],
        )
    wanted = " ".join(f'"{word}"*' for word in words)
    return rows.extra(
        where=[f"{table}.id IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH %s)"],
        params=[wanted],
    )


TRIGGERS = ("insert", "delete", "update")


def index_sql(vendor: str, *, table: str, field: str) -> list[str]:
    """The statements that make the search index of `table.field` on a database vendor."""
    if vendor == "postgresql":
        return [
            f"CREATE INDEX {table}_search ON {table} USING gin (to_tsvector('simple', {field}))"
        ]
    return [
        f"CREATE VIRTUAL TABLE {table}_search USING fts5"
        f"({field}, content='{table}', content_rowid='id')",
        f"CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN "
        f"INSERT INTO {table}_search(rowid, {field}) VALUES (new.id, new.{field}); END",
        f"CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN "
        f"INSERT INTO {table}_search({table}_search, rowid, {field}) "
        f"VALUES ('delete', old.id, old.{field}); END",
        f"CREATE TRIGGER {table}_search_update AFTER UPDATE OF {field} ON {table} BEGIN "
        f"INSERT INTO {table}_search({table}_search, rowid, {field}) "
        f"VALUES ('delete', old.id, old.{field}); "
        f"INSERT INTO {table}_search(rowid, {field}) VALUES (new.id, new.{field}); END",
    ]


def renew_index_sql(vendor: str, *, table: str, field: str) -> list[str]:
    """The statements that make the index anew after a migration has changed the table.

    SQLite changes a table by writing it again under its name, and its triggers are gone then: what
    is stored from that moment would never be found. PostgreSQL needs nothing.
    """
    if vendor == "postgresql":
        return []
    return [
        *(f"DROP TRIGGER IF EXISTS {table}_search_{name}" for name in TRIGGERS),
        f"DROP TABLE IF EXISTS {table}_search",
        *index_sql(vendor, table=table, field=field),
        f"INSERT INTO {table}_search({table}_search) VALUES ('rebuild')",
    ]


def drop_index_sql(vendor: str, *, table: str) -> list[str]:
    if vendor == "postgresql":
        return [f"DROP INDEX {table}_search"]
    return [
        *(f"DROP TRIGGER {table}_search_{name}" for name in TRIGGERS),
        f"DROP TABLE {table}_search",
    ]
