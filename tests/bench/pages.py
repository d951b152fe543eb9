"""What a page costs in a browser: Debian's Chromium opens it, and says when the first byte, text and all of it came."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from statistics import median
from typing import Any

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TIMES = """() => {
  const at = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const parts = performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0);
  return {first: at.responseStart, html: at.transferSize, all: at.transferSize + parts,
          paint: paint ? paint.startTime : null, interactive: at.domInteractive, load: at.loadEventEnd,
          elements: document.getElementsByTagName('*').length};
}"""
_ROUNDS = 5


def shown(name: str, port: int, headers: Mapping[str, str]) -> list[str]:
    """Open a server's first page some times, and give the line that says what it took; none without a browser."""
    program = shutil.which("chromium")
    if program is None or find_spec("playwright") is None:
        return [f"the page of {name}: no browser to open it"]
    from playwright.sync_api import sync_playwright

    found: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS, timeout=120_000)
        for _ in range(_ROUNDS):
            context = browser.new_context(extra_http_headers=dict(headers))
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/", wait_until="load", timeout=120_000)
            page.wait_for_timeout(1500)  # a page that is made by a script is made by now
            found.append(page.evaluate(_TIMES))
            context.close()
        browser.close()
    middle = {key: median(one[key] or 0 for one in found) for key in found[0]}
    return [
        f"the page of {name}: {middle['html'] / 1024:,.0f} KiB, {middle['all'] / 1024:,.0f} with all it loads,"
        f" {middle['elements']:,.0f} elements; first byte {middle['first']:,.0f} ms, text {middle['paint']:,.0f} ms,"
        f" usable {middle['interactive']:,.0f} ms, loaded {middle['load']:,.0f} ms (median of {_ROUNDS})"
    ]
