"""Cells for spreadsheets: nothing that somebody wrote may run as a formula."""

from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: Any) -> Any:
    """The cell, with an apostrophe before a text that a spreadsheet would take for a formula.

    Numbers stay numbers. Source: OWASP, CSV injection.
    """
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell
