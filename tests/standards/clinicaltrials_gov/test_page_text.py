"""The page's text says the same as the JSON of the same trial, as far as it says anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.standards.clinicaltrials_gov.page_renderer import render_page
from tests.standards.clinicaltrials_gov.samples import SEED, TEXT, V2, flatten, read_one, study_of

from trialwright.standards.clinicaltrials_gov import derive_draft, read_records

# What the page's layout does not show, as patterns of paths of the protocol section.
NOT_ON_THE_PAGE = (
    r"identificationModule\.organization\..*",
    r"identificationModule\.acronym",
    r"identificationModule\.secondaryIdInfos\[\d+\]\.(type|domain|link)",
    r"statusModule\.(study|results|disp)First(Submit|SubmitQc)Date",
    r"statusModule\.dispFirstPostDateStruct\.date",
    r"statusModule\.lastUpdateSubmitDate",
    r"statusModule\.\w+PostDateStruct\.type",
    r"statusModule\.expandedAccessInfo\..*",
    r"sponsorCollaboratorsModule\.collaborators.*",
    r"sponsorCollaboratorsModule\.leadSponsor\.class",
    r"sponsorCollaboratorsModule\.responsibleParty\.(type|investigatorTitle|investigatorAffiliation)",
    r"oversightModule\..*",
    r"designModule\.(bioSpec\..*|targetDuration|patientRegistry)",
    r"contactsLocationsModule\.locations\[\d+\]\.geoPoint\..*",
    r"contactsLocationsModule\.(locations\[\d+\]\.contacts|centralContacts)\[\d+\]\.phoneExt",
    r"referencesModule\..*",
    r"ipdSharingStatementModule\..*",
)
# Lists that the page joins with spaces, and outcomes, whose level it does not say, are compared by themselves.
JOINED = r"(conditionsModule\.|outcomesModule\.|armsInterventionsModule\.interventions\[\d+\]\.otherNames).*"
# Where the responsible party is a person, the page names no sponsor.
SPONSOR = "sponsorCollaboratorsModule.leadSponsor.name"


@pytest.mark.parametrize("path", TEXT, ids=lambda path: path.stem)
def test_the_renderer_gives_the_sample_pages_to_the_letter(path: Path) -> None:
    assert render_page(study_of(path.stem)) == path.read_text("utf-8")


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_the_page_gives_what_the_json_gives(path: Path) -> None:
    study = study_of(path.stem)
    record = read_records(render_page(study).encode()).records[0]
    text, json = (
        {key: value for key, value in flatten(protocol).items() if not re.fullmatch(JOINED, key)}
        for protocol in (record.protocol, study["protocolSection"])
    )
    for key, value in text.items():
        assert json.get(key) == value, key
    missing = [key for key in json if key not in text]
    unexplained = [key for key in missing if not any(re.fullmatch(one, key) for one in NOT_ON_THE_PAGE)]
    person = "sponsorCollaboratorsModule.responsibleParty.investigatorFullName" in json
    assert unexplained in ([], [SPONSOR] if person else [])


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_joined_lists_keep_every_word_in_order(path: Path) -> None:
    study = study_of(path.stem)
    record = read_records(render_page(study).encode()).records[0]
    for key in ("conditions", "keywords"):
        written = study["protocolSection"]["conditionsModule"].get(key, [])
        read = record.module("conditionsModule").get(key, [])
        assert " ".join(read).split() == " ".join(written).split()
        if len(read) > 1:
            assert len(read) <= len(written)


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_outcomes_come_whole_and_in_order_but_without_their_level(path: Path) -> None:
    def listed(module: dict) -> list[dict]:
        rows = [
            row for level in ("primary", "secondary", "other") for row in module.get(f"{level}Outcomes", [])
        ]
        return [flatten(row) for row in rows]

    study = study_of(path.stem)
    record = read_records(render_page(study).encode()).records[0]
    original = study["protocolSection"]["outcomesModule"]
    assert listed(record.module("outcomesModule")) == listed(original)
    assert len(record.module("outcomesModule")["primaryOutcomes"]) == 1
    several = len(listed(original)) > 1
    assert ("TW-REG-030" in {finding.code for finding in record.findings}) is several


def test_the_seed_page() -> None:
    record = read_one(SEED)
    flat = flatten(record.protocol)
    assert record.nct_id == "NCT02632201"
    assert flat["statusModule.overallStatus"] == "UNKNOWN"
    assert flat["statusModule.lastKnownStatus"] == "RECRUITING"
    assert flat["statusModule.statusVerifiedDate"] == "2015-09"
    assert record.module("statusModule")["startDateStruct"] == {"date": "2015-09"}
    assert record.module("conditionsModule")["conditions"] == ["Liver Metastasis", "Gastric Cancer"]
    assert record.module("designModule")["phases"] == ["PHASE1", "PHASE2"]
    arms = record.module("armsInterventionsModule")["armGroups"]
    assert [arm["type"] for arm in arms] == ["EXPERIMENTAL", "ACTIVE_COMPARATOR"]
    criteria = record.module("eligibilityModule")["eligibilityCriteria"]
    assert criteria.count("\n* ") == 14
    assert "* Creatinine is less than 2.5mg/dL; alanine aminotransferase (ALT)" in criteria
    site = record.module("contactsLocationsModule")["locations"][0]
    assert (site["city"], site["country"], site["zip"], site["status"]) == (
        "Shanghai",
        "China",
        "200438",
        "RECRUITING",
    )
    assert [person["role"] for person in site["contacts"]][-2:] == ["SUB_INVESTIGATOR", "SUB_INVESTIGATOR"]
    assert record.study["hasResults"] is False


OBSERVATIONAL = """A Registry of Something
The safety and scientific validity of this study is the responsibility of the study sponsor. |
ClinicalTrials.gov Identifier: NCT01234567 |
Recruitment Status : Terminated (Slow accrual
(few referrals))
First Posted : May 1, 2019
Results First Posted : May 2, 2021
Last Update Posted : June 3, 2022
|
- Study Details
- Study Results
- Disclaimer
Brief Summary:
A short summary.
Condition or disease | Intervention/treatment | Phase |
---|---|---|
Asthma | Other: Questionnaire: long Device: Monitor | |
Study Type : | Observational [Patient Registry] |
Actual Enrollment : | 1,234 participants |
Observational Model: | Case-Control |
Time Perspective: | Cross-Sectional |
Target Follow-Up Duration: | 2 Years |
Biospecimen Retention: | Samples With DNA |
Official Title: | A Registry |
Study Start Date : | 2019-05 |
Actual Primary Completion Date : | May 2020 |
Group/Cohort | Intervention/treatment |
---|---|
Cases
People with asthma.
- adults
|
Other: Questionnaire: long
Asked: Monitor or not
Other Names:
- Q1
- Q2
Device: Monitor
|
Controls
|
Other: Questionnaire: long
Asked: Monitor or not
Other Names:
- Q1
- Q2
|
Primary Outcome Measures :
- Attacks [ Time Frame: Day 1 [before], Day 8 ]
- first kind
Secondary Outcome Measures :
- Costs [ Time Frame: 1 year ]In euro.
Other Outcome Measures:
- Anything else
Choosing to participate in a study is an important personal decision.
Ages Eligible for Study: | up to 17 Years (Child) |
Sexes Eligible for Study: | Female |
Gender Based Eligibility: | Yes |
Accepts Healthy Volunteers: | Yes |
Sampling Method: | Non-Probability Sample |
Children of one town.
Inclusion Criteria:
- Any
To learn more about this study, you or your doctor may contact the study research staff.
Please refer to this study by its ClinicalTrials.gov identifier (NCT number): NCT01234567
United States, Texas
First Clinic |
Houston, Texas, United States, 77030 |
Second Clinic | Withdrawn |
Dallas, Texas, United States |
Contact: A. Person, MD 713-555-0100 ext 12 a@example.org |
Germany |
Berlin, Germany |
Study Director: | B. Person | Firm |
Responsible Party: | C. Person, Professor of Medicine, Some University |
ClinicalTrials.gov Identifier: | NCT01234567 |
Other Study ID Numbers: |
ABC-1 |
2018-000001-11 ( EudraCT Number ) |
R01 ( Other Grant/Funding Number: A Fund ) |
First Posted: | May 1, 2019 Key Record Dates |
Last Verified: | June 2022 |
Plan to Share IPD: | Yes |
Time Frame: | Later |
Studies a U.S. FDA-regulated Drug Product: | No |
Keywords provided by C. Person:
asthma
Additional relevant MeSH terms:
Asthma
"""


def test_a_page_of_another_kind() -> None:
    record = read_records(OBSERVATIONAL.encode(), "made.txt").records[0]
    status = record.module("statusModule")
    assert (status["overallStatus"], status["whyStopped"]) == ("TERMINATED", "Slow accrual (few referrals)")
    assert status["resultsFirstPostDateStruct"] == {"date": "2021-05-02"}
    assert record.study["hasResults"] is True
    design = record.module("designModule")
    assert design["patientRegistry"] is True and "phases" not in design
    assert design["enrollmentInfo"] == {"count": 1234, "type": "ACTUAL"}
    assert design["designInfo"] == {
        "observationalModel": "CASE_CONTROL",
        "timePerspective": "CROSS_SECTIONAL",
    }
    assert design["bioSpec"] == {"retention": "SAMPLES_WITH_DNA"}
    arms = record.module("armsInterventionsModule")
    assert [arm["label"] for arm in arms["armGroups"]] == ["Cases", "Controls"]
    assert "type" not in arms["armGroups"][0]
    assert arms["interventions"][0] == {
        "type": "OTHER",
        "name": "Questionnaire: long",
        "description": "Asked: Monitor or not",
        "armGroupLabels": ["Cases", "Controls"],
        "otherNames": ["Q1", "Q2"],
    }
    outcomes = record.module("outcomesModule")
    assert outcomes["primaryOutcomes"] == [
        {"measure": "Attacks", "timeFrame": "Day 1 [before], Day 8"},
        {"measure": "first kind"},
    ]
    assert outcomes["secondaryOutcomes"] == [
        {"measure": "Costs", "timeFrame": "1 year", "description": "In euro."}
    ]
    assert [row["measure"] for row in outcomes["otherOutcomes"]] == ["Anything else"]


def test_parties_at_the_head_and_words_without_a_code() -> None:
    text = OBSERVATIONAL.replace(
        "First Posted : May 1, 2019\n",
        "Sponsor:\nThe Firm\nCollaborators:\nFirst Helper\nSecond Helper\nFirst Posted : soon\n",
    )
    text = text.replace("Recruitment Status : Terminated", "Recruitment Status : Halted")
    text = text.replace(
        "Time Perspective: | Cross-Sectional |", "Time Perspective: | Sideways |\nMood: | Good |"
    )
    record = read_records(text.replace("| |\nStudy Type", "| Phase 9 |\nStudy Type").encode()).records[0]
    sponsors = record.module("sponsorCollaboratorsModule")
    assert sponsors["leadSponsor"] == {"name": "The Firm"}
    assert sponsors["collaborators"] == [{"name": "First Helper"}, {"name": "Second Helper"}]
    assert record.left_over["pageText.Mood"] == "Good"
    draft = derive_draft(record)
    draft.study()
    unmapped = draft.mapping["registry"]["unmapped"]
    assert unmapped["protocolSection.statusModule.overallStatus"] == "Halted"
    assert unmapped["protocolSection.designModule.phases"] == ["Phase 9"]
    assert unmapped["protocolSection.designModule.designInfo.timePerspective"] == "Sideways"
    odd = [finding for finding in draft.findings if finding.code == "TW-REG-021"]
    assert len(odd) >= 3


def test_the_rest_of_that_page() -> None:
    record = read_records(OBSERVATIONAL.encode(), "made.txt").records[0]
    eligibility = record.module("eligibilityModule")
    assert eligibility["studyPopulation"] == "Children of one town."
    assert eligibility["eligibilityCriteria"] == "Inclusion Criteria:\n\n* Any"
    assert (eligibility["maximumAge"], eligibility["stdAges"]) == ("17 Years", ["CHILD"])
    assert eligibility["genderBased"] is True and eligibility["sex"] == "FEMALE"
    places = record.module("contactsLocationsModule")["locations"]
    assert [place.get("facility") for place in places] == ["First Clinic", "Second Clinic", None]
    assert places[0] == {
        "facility": "First Clinic",
        "city": "Houston",
        "state": "Texas",
        "zip": "77030",
        "country": "United States",
    }
    assert places[1]["contacts"] == [
        {
            "role": "CONTACT",
            "name": "A. Person, MD",
            "phone": "713-555-0100",
            "phoneExt": "12",
            "email": "a@example.org",
        }
    ]
    assert places[2] == {"city": "Berlin", "country": "Germany"}
    ids = record.module("identificationModule")
    assert ids["orgStudyIdInfo"] == {"id": "ABC-1"}
    assert ids["secondaryIdInfos"] == [
        {"id": "2018-000001-11", "type": "EUDRACT_NUMBER"},
        {"id": "R01", "type": "OTHER_GRANT", "domain": "A Fund"},
    ]
    assert (
        record.module("sponsorCollaboratorsModule")["responsibleParty"]["investigatorFullName"] == "C. Person"
    )
    assert record.module("ipdSharingStatementModule") == {"ipdSharing": "YES", "timeFrame": "Later"}
    assert record.module("conditionsModule")["keywords"] == ["asthma"]
