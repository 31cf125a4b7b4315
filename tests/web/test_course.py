"""The course of the tumours on the subject's page, from nothing on record to an assessment that is drawn."""

from __future__ import annotations

import pytest
from django.test import Client
from lxml import html as lxml_html
from tests.web.addresses import ROOT, text_of
from tests.web.conftest import SignIn
from tests.web.test_form import TUMOUR, lesion_page


@pytest.fixture
def nurse(sign_in: SignIn) -> Client:
    return sign_in("study_nurse")


def panel(client: Client, subject: str) -> lxml_html.HtmlElement | None:
    page = lxml_html.fromstring(client.get(f"{ROOT}subjects/{subject}/").content)
    found = page.xpath("//section[@id='course']")
    return found[0] if found else None


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("S01-002", "Responses are computed from the day of allocation on."),
        ("S01-001", "No tumour assessment since allocation yet. The baseline sum is 42 mm."),
    ],
)
def test_before_the_first_assessment_words_say_what_is_missing(
    nurse: Client, subject: str, words: str
) -> None:
    found = panel(nurse, subject)
    assert found is not None
    assert words in " ".join(found.text_content().split())
    assert not found.xpath(".//*[local-name()='svg'] | .//table")


def test_without_consent_there_is_no_course(nurse: Client) -> None:
    assert panel(nurse, "S01-005") is None


def test_a_saved_assessment_is_drawn_with_a_table_that_leads_to_its_form(nurse: Client) -> None:
    data = lesion_page(nurse, "28", intent="save", expected_version="0")
    assert nurse.post(TUMOUR, data).status_code == 302
    found = panel(nurse, "S01-001")
    assert found is not None
    drawings = found.xpath(".//*[local-name()='svg']")
    assert [drawing.get("width") for drawing in drawings] == ["640", "330"]
    assert all("PR on day" in drawing.xpath("string(*[local-name()='title'])") for drawing in drawings)
    assert not found.xpath(".//@style | .//script | .//*[local-name()='style']")
    row = found.xpath(".//tbody/tr")[0]
    assert row.xpath("string(.//a/@href)") == TUMOUR
    cells = [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
    assert cells == [
        "PRThe sum of 28 mm is 33.3 % below the baseline of 42 mm: at least 30 % less.",
        *("28", "−33.3", "−33.3", "no"),
    ]


def test_a_new_lesion_is_named_as_the_reason(nurse: Client) -> None:
    data = lesion_page(nurse, "28")
    added = nurse.post(TUMOUR, {**data, "row": "add:lesions"})
    assert added.status_code == 200
    more = {"v:lesions.1.lesion": "N1", "v:lesions.1.role": "new", "v:lesions.1.organ": "lung"}
    answer = nurse.post(
        f"{TUMOUR}response/", {**data, "n:lesions": "2", **more, "v:lesions.1.finding": "present"}
    )
    shown = text_of(answer)
    assert "Overall PD" in shown
    assert "There is a new lesion." in shown
    assert answer.content.decode().count('class="spider"') == 2


def test_the_lesion_page_draws_the_course_up_to_the_assessment_being_entered(nurse: Client) -> None:
    assert 'class="spider"' not in nurse.get(TUMOUR).content.decode()
    answer = nurse.post(f"{TUMOUR}response/", lesion_page(nurse, "28")).content.decode()
    assert "PR on day" in answer
