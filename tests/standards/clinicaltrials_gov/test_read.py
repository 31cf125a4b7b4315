"""Whatever is given, the answer is records and findings, never an exception."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.clinicaltrials_gov.samples import ALL, FOLDER, SEED, V2, XML, read_one, study_of

from trialwright.standards.clinicaltrials_gov import (
    Record,
    convert_records,
    derive_draft,
    iterate_sources,
    parse_records,
    read_records,
)


def codes(data: bytes) -> set[str]:
    reading = read_records(data, "given")
    return {finding.code for finding in reading.findings}


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_form_is_known_by_its_content(path: Path) -> None:
    record = read_records(path.read_bytes(), "no name").records[0]
    expected = {".json": "api_v2", ".xml": "legacy_xml", ".txt": "page_text"}[path.suffix]
    assert record.source == expected
    assert record.nct_id == path.stem


def test_one_study_a_list_an_answer_and_lines_give_the_same_records() -> None:
    studies = [study_of(path.stem) for path in V2[:3]]
    lines = "\n".join(json.dumps(study) for study in studies) + "\n"
    forms = (
        json.dumps(studies),
        json.dumps({"studies": studies, "nextPageToken": "x"}),
        lines,
        lines.replace("\n", "\r\n"),
        "\n".join(json.dumps(study, indent=1) for study in studies[:1]),
    )
    for form in forms:
        records = read_records(form.encode()).records
        assert [record.study for record in records] == studies[: len(records)]
    assert len(read_records(forms[2].encode()).records) == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "TW-REG-001"),
        (b" \n\t", "TW-REG-001"),
        (b"\xef\xbb\xbf", "TW-REG-001"),
        (b"[]", "TW-REG-001"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "TW-REG-002"),
        (gzip.compress(b"{}", mtime=0), "TW-REG-002"),
        (b"PK\x03\x04" + bytes(50), "TW-REG-002"),
        (bytes(range(256)) * 40, "TW-REG-002"),
        (b"hello world, this is no record", "TW-REG-003"),
        (b"<html><body>NCT</body></html>", "TW-REG-003"),
        (b"<study_collection xmlns='x'><a/></study_collection>", "TW-REG-003"),
        (b'{"a": 1,}', "TW-REG-004"),
        (b'{"protocolSection": NaN}', "TW-REG-004"),
        (b'{"protocolSection": {"x": ' + b"9" * 5000 + b"}}", "TW-REG-004"),
        (b"[" * 200_000, "TW-REG-004"),
        (b'{"protocolSection":' * 5000, "TW-REG-004"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT0', "TW-REG-014"),
        (b"<clinical_study><id_info>", "TW-REG-014"),
        (b"<clinical_study><id_info></x></clinical_study>", "TW-REG-005"),
        (b"42", "TW-REG-003"),
        (b"[1, 2]", "TW-REG-007"),
        (b'{"FullStudiesResponse": {}}', "TW-REG-007"),
        (b'{"protocolSection": []}', "TW-REG-007"),
        (b'{"protocolSection": {"x":' + b'{"x":' * 100 + b"1" + b"}" * 102, "TW-REG-007"),
    ],
)
def test_what_is_no_record_says_why(data: bytes, code: str) -> None:
    reading = read_records(data, "given")
    assert not reading.records
    assert code in {finding.code for finding in reading.findings}
    for finding in reading.findings:
        assert finding.message.endswith(".") and finding.remedy


def test_a_list_with_broken_members_gives_the_others() -> None:
    good = json.dumps(study_of("NCT04265963"))
    text = f'[{good}, 5, {{"a": 1}}, {{"protocolSection": oops}}, {good}]'
    reading = read_records(text.encode())
    assert [record.nct_id for record in reading.records] == ["NCT04265963"] * 2
    assert [finding.code for finding in reading.findings] == ["TW-REG-007", "TW-REG-007", "TW-REG-004"]
    lines = f"{good}\n{{broken\n\n{good}\n"
    reading = read_records(lines.encode())
    assert len(reading.records) == 2
    assert [finding.code for finding in reading.findings] == ["TW-REG-004"]


def test_a_list_that_is_cut_off_gives_what_came_before() -> None:
    text = json.dumps([study_of("NCT04265963"), study_of("NCT02745808")])
    reading = read_records(text[:-500].encode())
    assert [record.nct_id for record in reading.records] == ["NCT04265963"]
    assert reading.findings


def test_other_encodings() -> None:
    text = SEED.read_text("utf-8")
    plain = read_one(SEED).study
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert read_records(text.encode(encoding)).records[0].study == plain
    reading = read_records(text.encode("cp1252", "replace"))
    assert reading.records[0].nct_id == "NCT02632201"
    assert "TW-REG-009" in {finding.code for finding in reading.findings}
    xml = XML[0].read_text("utf-8").replace("UTF-8", "ISO-8859-1", 1)
    reading = read_records(xml.encode("iso-8859-1", "replace"))
    assert reading.records and not reading.findings


def test_half_characters_are_replaced_and_said() -> None:
    study = study_of("NCT04265963")
    study["protocolSection"]["identificationModule"]["briefTitle"] = "A \ud800 title"
    record = read_records(json.dumps(study).encode()).records[0]
    assert record.module("identificationModule")["briefTitle"] == "A \ufffd title"
    assert "TW-REG-012" in {finding.code for finding in record.findings}
    derive_draft(record).study()


ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE clinical_study [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;"> <!ENTITY c SYSTEM "file:///etc/hostname">]>
<clinical_study><brief_title>&b;&c;</brief_title></clinical_study>"""


@pytest.mark.parametrize(
    "text",
    [
        ENTITIES,
        '<!DOCTYPE clinical_study SYSTEM "http://example.org/x.dtd"><clinical_study/>',
        "<!-- <!ENTITY is only said --><!doctype x><clinical_study/>",
    ],
)
def test_entities_and_document_types_are_refused_unread(text: str) -> None:
    reading = read_records(text.encode())
    assert not reading.records
    assert [finding.code for finding in reading.findings] == ["TW-REG-006"]


def test_an_undeclared_entity_is_broken_xml() -> None:
    assert codes(b"<clinical_study><brief_title>&nbsp;x</brief_title></clinical_study>") == {"TW-REG-005"}


def test_files_folders_lines_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.json").write_bytes(V2[0].read_bytes())
    (tmp_path / "lines.jsonl").write_text(
        "\n".join(json.dumps(study_of(path.stem)) for path in V2[:2]) + "\nx\n"
    )
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "ignored.pdf").write_bytes(b"%PDF")
    items = list(
        iterate_sources([str(tmp_path), "-", str(tmp_path / "missing")], io.BytesIO(SEED.read_bytes()))
    )
    records = [item for item in items if isinstance(item, Record)]
    assert [record.nct_id for record in records] == [V2[0].stem, V2[0].stem, V2[1].stem, "NCT02632201"]
    assert records[2].origin.endswith("lines.jsonl:2")
    found = [item.code for item in items if not isinstance(item, Record)]
    assert found == ["TW-REG-001", "TW-REG-004", "TW-REG-010"]


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    assert [item.code for item in iterate_sources([str(tmp_path)]) if not isinstance(item, Record)] == [
        "TW-REG-001"
    ]


def test_a_record_of_fifty_megabytes_is_read_and_remarked() -> None:
    study = study_of("NCT04265963")
    study["protocolSection"]["descriptionModule"]["detailedDescription"] = "word 1×107 ~ " * 4_000_000
    reading = read_records(json.dumps(study).encode())
    assert "TW-REG-011" in {finding.code for finding in reading.findings}
    assert derive_draft(reading.records[0]).study().registry.identification.nct_id == "NCT04265963"


def test_a_page_of_fifty_megabytes_is_refused() -> None:
    text = SEED.read_text("utf-8") + "word | " * 7_000_000
    reading = read_records(text.encode())
    assert not reading.records
    assert "TW-REG-015" in {finding.code for finding in reading.findings}


def test_an_xml_of_fifty_megabytes_is_read_or_refused() -> None:
    text = XML[0].read_text("utf-8").replace("<textblock>", "<textblock>" + "some words\n" * 4_500_000, 1)
    reading = read_records(text.encode())
    assert len(reading.records) + len(reading.findings) >= 1


PAGES = [path.read_text("utf-8") for path in (SEED, *sorted((FOLDER / "classic_text").glob("*.txt")))]
FILES = [path.read_bytes() for path in (*XML, SEED)] + [
    json.dumps(study_of(path.stem)).encode() for path in V2[:4]
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files_never_raise(data: st.DataObject) -> None:
    """Cut, spliced and overwritten files of all three forms."""
    content = bytearray(FILES[data.draw(st.integers(0, len(FILES) - 1))])
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 3, 50, 4000]))
        content[start : start + length] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"<!--", b"]]>", b"\n- ", b"|\n"])
        )
    for record in read_records(bytes(content), "damaged").records:
        derive_draft(record).study()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pages_with_lines_lost_doubled_or_moved_never_raise(data: st.DataObject) -> None:
    lines = PAGES[data.draw(st.integers(0, len(PAGES) - 1))].split("\n")
    for _ in range(data.draw(st.integers(1, 12))):
        index = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                del lines[index : index + data.draw(st.integers(1, 10))]
            case 1:
                lines.insert(index, lines[data.draw(st.integers(0, len(lines) - 1))])
            case 2:
                lines[index] = data.draw(st.text(max_size=20))
            case _:
                lines[index] = re.sub(r"[:|\[\]]", "", lines[index])
        lines = lines or [""]
    for record in read_records("\n".join(lines).encode("utf-8", "surrogatepass"), "page").records:
        draft = derive_draft(record)
        draft.study()


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_anything_at_all_never_raises(data: bytes) -> None:
    read_records(data)


def _large_list(path: Path, members: list[str], opening: str = "[", closing: str = "]") -> None:
    path.write_text(opening + ",\n".join(members) + closing, "utf-8")


def test_a_large_list_is_read_member_by_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialwright.standards.clinicaltrials_gov.read_stream.STREAM_FROM_BYTES", 0)
    monkeypatch.setattr("trialwright.standards.clinicaltrials_gov.read_stream._FIRST_CHUNK", 700)
    good = [json.dumps(study_of(path.stem), ensure_ascii=False) for path in V2[:5]]
    path = tmp_path / "list.json"
    for opening, closing in (("[", "]"), ('{"studies": [', '], "nextPageToken": "x"}')):
        _large_list(path, good, opening, closing)
        items = list(iterate_sources([str(path)]))
        assert [item.study for item in items if isinstance(item, Record)] == [
            json.loads(text) for text in good
        ]
        assert len(items) == 5
    _large_list(path, [good[0], "7", '{"protocolSection": oops}', '{"a": NaN}', good[1]])
    items = list(iterate_sources([str(path)]))
    assert [item.nct_id for item in items if isinstance(item, Record)] == [V2[0].stem, V2[1].stem]
    assert [item.code for item in items if not isinstance(item, Record)] == [
        "TW-REG-007",
        "TW-REG-004",
    ]
    path.write_text("[" + good[0] + "," + good[1][:5000], "utf-8")
    items = list(iterate_sources([str(path)]))
    assert isinstance(items[0], Record) and len(items) >= 2
    assert all(not isinstance(item, Record) for item in items[1:])


def test_large_lists_in_other_encodings_are_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialwright.standards.clinicaltrials_gov.read_stream.STREAM_FROM_BYTES", 0)
    path = tmp_path / "list.json"
    path.write_bytes(b'[{"protocolSection": {"a": "\xe9"}}]')
    codes_found = [item.code for item in iterate_sources([str(path)]) if not isinstance(item, Record)]
    assert "TW-REG-009" in codes_found


def test_records_are_converted_through_the_study() -> None:
    data = "\n".join([json.dumps(study_of(path.stem)) for path in V2[:3]] + ["{broken"]).encode()
    results = list(convert_records(parse_records(data, "lines")))
    assert [record["protocolSection"] for record, _ in results if record] == [
        study_of(path.stem)["protocolSection"] for path in V2[:3]
    ]
    assert results[-1][0] is None and results[-1][1][0].code == "TW-REG-004"
    assert results[0][0] is not None and results[0][0]["hasResults"] is True
