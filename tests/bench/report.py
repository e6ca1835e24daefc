"""The table at the end: figure, what it is compared with, ratio, target, ok or missed."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One figure. `met` is None where there is no target."""

    name: str
    figure: str
    bare: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "ok", False: "missed", None: ""}[self.met]


@dataclass
class Report:
    """Lines as they are measured, and remarks on how."""

    title: str
    lines: list[Line] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, *lines: Line) -> None:
        """Take lines into the table and show them at once: a long run says what it knows."""
        for line in lines:
            self.lines.append(line)
            print("  ", *(cell for cell in _cells(line) if cell), sep="  ", flush=True)

    def note(self, remark: str) -> None:
        self.remarks.append(remark)

    def __str__(self) -> str:
        head = ("", "figure", "compared with", "ratio", "target", "")
        rows = [head, *(_cells(line) for line in self.lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        table = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        table.insert(1, "-" * (sum(widths) + 2 * len(widths) - 2))
        return "\n".join(["", self.title, "", *table, "", *(f"* {note}" for note in self.remarks)])


def _cells(line: Line) -> tuple[str, ...]:
    return line.name, line.figure, line.bare, line.ratio, line.target, line.verdict
