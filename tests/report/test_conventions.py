"""Every convention is named in the outputs and on the page, with the study's own choices."""

from __future__ import annotations

import re
from pathlib import Path

from trialwright.report.conventions import list_conventions, render_conventions
from trialwright.report.export import export_results
from trialwright.report.html import render_html
from trialwright.report.model import Report
from trialwright.study.model import Study

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conventions.md"


def test_the_page_lists_the_topics_of_the_report_and_no_others(study: Study) -> None:
    part = PAGE.read_text(encoding="utf-8").split("## The report")[1].split("\n## ")[0]
    topics = [
        row for row in re.findall(r"^\| ([^|]+) \|", part, flags=re.MULTILINE) if row not in ("topic", "---")
    ]
    assert topics == [topic for topic, _ in list_conventions(study)]


def test_every_document_names_them(report: Report, study: Study) -> None:
    assert export_results(report)["conventions"] == list(render_conventions(study))
    page = render_html(report)
    for topic, _ in list_conventions(study):
        assert f"<li>{topic}: " in page


def test_the_words_follow_the_choices_of_the_study(study: Study) -> None:
    response = study.analysis.response.model_copy(
        update={"interval": "wilson", "difference": "newcombe", "confirmed": True, "confirmation_days": 35}
    )
    analysis = study.analysis.model_copy(
        update={"survival_interval": "log", "ties": "breslow", "confidence_level": 0.9, "response": response}
    )
    words = " ".join(render_conventions(study.model_copy(update={"analysis": analysis})))
    for chosen in (
        "90% intervals of the type log,",
        "Breslow ties",
        "wilson",
        "newcombe",
        "at least 35 days",
    ):
        assert chosen in words
