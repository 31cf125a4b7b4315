"""The design page in a browser: results follow the fields, the address follows too, a wrong value is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import NARROW
from tests.browser.test_web import STUDY, built_store, sign_in, site

__all__ = ["built_store", "site"]
LONG_MS = 90_000
"""The first design of a process loads the kernels, on a new machine it compiles them."""


@pytest.mark.slow
def test_results_follow_the_fields(browser_page: Page, page_problems: list[str], site: str) -> None:
    page = browser_page
    sign_in(page, site, "statistician")
    page.goto(f"{site}/{STUDY}/protocol/")
    page.get_by_role("link", name="Design", exact=True).click(no_wait_after=True)
    page.wait_for_url("**/protocol/design/", timeout=LONG_MS)
    page.get_by_role("link", name="Try other values").click(no_wait_after=True)
    page.wait_for_url("**/nct02632201/design/", timeout=LONG_MS)
    page.get_by_role("link", name="A hazard ratio of 0.6 for progression", exact=False).click(
        no_wait_after=True
    )
    page.wait_for_url("**scenario=planned_effect", timeout=LONG_MS)
    results = page.locator("#results")
    expect(results).to_contain_text("What the design shows", timeout=LONG_MS)
    before = results.locator("tbody td").first.inner_text()

    page.locator("#i-subjects").fill("120")
    page.locator("#i-subjects").press("Tab")
    expect(results.locator("tbody td").first).not_to_have_text(before, timeout=LONG_MS)
    assert "subjects=120" in page.url
    expect(page.locator("#i-subjects")).to_have_value("120")

    slider = page.locator('[data-slides="i-hazard_ratio"]')
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.locator("#i-hazard_ratio")).to_have_value("0.59")
    page.wait_for_url("**hazard_ratio=0.59**", timeout=LONG_MS)

    page.locator("#i-hazard_ratio").fill("none")
    expect(page.locator("#p-hazard_ratio")).to_have_text("Enter a number from 0.05 to 3.", timeout=LONG_MS)
    expect(page.locator("#i-hazard_ratio")).to_have_attribute("aria-invalid", "true")
    expect(results).to_contain_text("Nothing is computed")
    page.locator("#i-hazard_ratio").fill("0.5")
    expect(page.locator("#p-hazard_ratio")).to_have_text("", timeout=LONG_MS)
    expect(results).to_contain_text("What the design shows", timeout=LONG_MS)

    page.wait_for_url("**hazard_ratio=0.5&**", timeout=LONG_MS)
    page.reload(timeout=LONG_MS)
    expect(page.locator("#i-hazard_ratio")).to_have_value("0.5")
    expect(page.locator("svg.chart").first).to_be_visible()
    assert page_problems == []


def test_narrow_page_does_not_scroll_sideways(browser_page: Page, site: str) -> None:
    page = browser_page
    page.set_viewport_size(NARROW)
    sign_in(page, site, "statistician")
    page.goto(f"{site}/{STUDY}/design/?looks=2&spending=pocock", timeout=LONG_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    expect(page.get_by_role("link", name="Change settings")).to_be_visible()
