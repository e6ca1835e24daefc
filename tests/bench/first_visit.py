"""A first visit with a phone on a slow line: bytes, requests, when there is a page to read."""

from dataclasses import dataclass
from statistics import median
from typing import Any

PROFILE = "1.6 Mbit/s down, 750 kbit/s up, 150 ms, CPU 4x slower, 360 x 800"
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4

WATCH_LCP = """
window.largestPaint = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
"""


@dataclass
class Visit:
    """What one visit with an empty cache took."""

    bytes: int
    requests: int
    lcp_ms: float
    by_kind: dict[str, int]


def measure(
    chromium: str, origin: str, page: str, bare: str, *, rounds: int
) -> tuple[Visit, Visit, float]:
    """Medians for the page and the bare page, and of the ratios of their LCP, taking turns."""
    from playwright.sync_api import sync_playwright

    seen: dict[str, list[Visit]] = {page: [], bare: []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            for turn in range(rounds + 1):
                for path in (page, bare):
                    visit = _visit(browser, f"{origin}{path}")
                    if turn:  # the first turn warms up
                        seen[path].append(visit)
        finally:
            browser.close()
    ratios = [
        ours.lcp_ms / theirs.lcp_ms for ours, theirs in zip(seen[page], seen[bare], strict=True)
    ]
    return _middle(seen[page]), _middle(seen[bare]), median(ratios)


def _visit(browser: Any, url: str) -> Visit:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, device_scale_factor=2, is_mobile=True, locale="id"
    )
    try:
        page = context.new_page()
        line = context.new_cdp_session(page)
        kinds: dict[str, str] = {}
        sizes: dict[str, int] = {}
        line.on(
            "Network.responseReceived",
            lambda event: kinds.update({event["requestId"]: event["type"]}),
        )
        line.on(
            "Network.loadingFinished",
            lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}),
        )
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", NETWORK)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(WATCH_LCP)
        answer = page.goto(url, wait_until="load", timeout=60_000)
        if answer is None or answer.status != 200:
            raise RuntimeError(f"{url}: {answer and answer.status}")
        page.wait_for_timeout(1_500)
        by_kind: dict[str, int] = {}
        for request, size in sizes.items():
            kind = kinds.get(request, "Other")
            by_kind[kind] = by_kind.get(kind, 0) + size
        lcp = float(page.evaluate("window.largestPaint"))
        if not lcp:
            raise RuntimeError(f"{url}: nothing was painted")
        return Visit(sum(sizes.values()), len(sizes), lcp, by_kind)
    finally:
        context.close()


def _middle(visits: list[Visit]) -> Visit:
    return Visit(
        bytes=int(median(visit.bytes for visit in visits)),
        requests=int(median(visit.requests for visit in visits)),
        lcp_ms=median(visit.lcp_ms for visit in visits),
        by_kind=visits[-1].by_kind,
    )
