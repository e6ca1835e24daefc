"""Where callers of old look for it: what a text is looked through for stands in forum.screening."""

from forum.screening.services import Finding, findings

__all__ = ["Finding", "findings"]
