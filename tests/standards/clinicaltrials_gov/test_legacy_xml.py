"""The retired XML."""

from __future__ import annotations

import pytest
from tests.standards.clinicaltrials_gov.samples import V2, XML, flatten, read_one

from trialwright.standards.clinicaltrials_gov import derive_draft, read_records
from trialwright.standards.clinicaltrials_gov.age_groups import derive_age_groups
from trialwright.standards.clinicaltrials_gov.legacy_text import render_block

BY_NAME = {path.stem: path for path in XML}


def test_codes_dates_and_people() -> None:
    flat = flatten(read_one(BY_NAME["NCT01065844"]).protocol)
    assert flat["statusModule.overallStatus"] == "COMPLETED"
    assert flat["statusModule.startDateStruct.date"] == "2009-10"
    assert "statusModule.startDateStruct.type" not in flat
    assert flat["statusModule.studyFirstPostDateStruct.type"] == "ESTIMATED"
    assert flat["sponsorCollaboratorsModule.responsibleParty.type"] == "PRINCIPAL_INVESTIGATOR"
    assert flat["eligibilityModule.minimumAge"] == "18 Years"
    assert "eligibilityModule.maximumAge" not in flat
    assert flat["referencesModule.references[1].type"] == "RESULT"
    assert flat["contactsLocationsModule.locations[0].zip"] == "52242"


def test_text_blocks_become_paragraphs_and_lists() -> None:
    text = read_one(BY_NAME["NCT01065844"]).module("eligibilityModule")["eligibilityCriteria"]
    assert text.startswith(
        "Inclusion Criteria:\n\n* Histological diagnosis of adenoid cystic carcinoma.\n* Cancer"
    )
    assert "as defined below:\n\n  * leukocytes ≥ 3,000/mm3\n  * absolute neutrophil" in text
    assert "\n* No known HIV infection." in text


def test_blocks_keep_numbers_and_nesting() -> None:
    block = """
          1.  First item goes on
              here

               -  inner

          2.  Second

        Plain paragraph
        of two lines
    """
    assert render_block(block) == (
        "1. First item goes on here\n\n  * inner\n2. Second\n\nPlain paragraph of two lines"
    )


def test_masking_roles_and_phases() -> None:
    design = read_one(BY_NAME["NCT00055575"]).module("designModule")
    assert design["designInfo"]["maskingInfo"]["whoMasked"] == [
        "PARTICIPANT",
        "CARE_PROVIDER",
        "INVESTIGATOR",
        "OUTCOMES_ASSESSOR",
    ]


@pytest.mark.parametrize(
    ("words", "masking"),
    [
        ("Double Blind (Subject, Caregiver, Investigator, Outcomes Assessor)", "QUADRUPLE"),
        ("Double Blind (Subject, Investigator, Outcomes Assessor)", "TRIPLE"),
        ("Single Blind (Outcomes Assessor)", "SINGLE"),
        ("Double-Blind", "DOUBLE"),
        ("Open Label", "NONE"),
    ],
)
def test_the_depth_of_masking_is_the_number_of_roles(words: str, masking: str) -> None:
    old = OLD.replace("Double Blind (Subject, Investigator)", words)
    design = read_records(old.encode(), "old.xml").records[0].module("designModule")
    assert design["designInfo"]["maskingInfo"]["masking"] == masking


OLD = """<clinical_study rank="1">
<id_info><org_study_id>A</org_study_id><nct_id>NCT00000001</nct_id><nct_alias>NCT00000002</nct_alias></id_info>
<brief_title>Old</brief_title><sponsors><lead_sponsor><agency>S</agency><agency_class>U.S. Fed</agency_class>
</lead_sponsor></sponsors><oversight_info><authority>United States: FDA</authority><has_dmc>Yes</has_dmc>
</oversight_info><overall_status>Unknown status</overall_status>
<last_known_status>Recruiting</last_known_status>
<phase>Phase 2/Phase 3</phase><study_type>Observational [Patient Registry]</study_type>
<study_design>Allocation:  Randomized, Endpoint Classification:  Safety/Efficacy Study, Intervention Model:
 Parallel Assignment, Masking:  Double Blind (Subject, Investigator),
 Primary Purpose:  Treatment</study_design>
<primary_outcome><measure>M</measure><safety_issue>Yes</safety_issue></primary_outcome>
<enrollment type="Anticipated">100</enrollment>
<number_of_arms>9</number_of_arms><firstreceived_date>May 3, 2001
</firstreceived_date><eligibility><gender>Both</gender><minimum_age>N/A</minimum_age><maximum_age>6 Months
</maximum_age><healthy_volunteers>Accepts Healthy Volunteers</healthy_volunteers></eligibility>
<overall_contact><first_name>A</first_name><last_name>Person</last_name><degrees>MD</degrees><phone>1</phone>
</overall_contact><responsible_party><name_title>Chief</name_title><organization>Org</organization>
</responsible_party><patient_data><sharing_ipd>Yes</sharing_ipd><ipd_info_type>Study Protocol</ipd_info_type>
</patient_data><unheard_of><a>1</a></unheard_of></clinical_study>"""


def test_an_older_file() -> None:
    record = read_records(OLD.encode(), "old.xml").records[0]
    flat = flatten(record.protocol)
    info = record.module("designModule")["designInfo"]
    assert info["allocation"] == "RANDOMIZED" and info["interventionModel"] == "PARALLEL"
    assert info["maskingInfo"] == {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]}
    assert record.module("designModule")["phases"] == ["PHASE2", "PHASE3"]
    assert record.module("designModule")["patientRegistry"] is True
    assert flat["designModule.enrollmentInfo.type"] == "ESTIMATED"
    assert flat["statusModule.studyFirstSubmitDate"] == "2001-05-03"
    assert flat["eligibilityModule.sex"] == "ALL" and flat["eligibilityModule.healthyVolunteers"] is True
    assert flat["eligibilityModule.maximumAge"] == "6 Months"
    assert flat["contactsLocationsModule.centralContacts[0].name"] == "A Person, MD"
    assert flat["sponsorCollaboratorsModule.leadSponsor.class"] == "FED"
    assert flat["sponsorCollaboratorsModule.responsibleParty.oldNameTitle"] == "Chief"
    assert flat["ipdSharingStatementModule.infoTypes[0]"] == "STUDY_PROTOCOL"
    assert flat["identificationModule.nctIdAliases[0]"] == "NCT00000002"


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_age_groups_follow_from_the_limits(path) -> None:
    module = read_one(path).module("eligibilityModule")
    assert derive_age_groups(module.get("minimumAge"), module.get("maximumAge")) == module["stdAges"]


def test_age_groups_at_their_edges() -> None:
    assert derive_age_groups(None, None) == ["CHILD", "ADULT", "OLDER_ADULT"]
    assert derive_age_groups("6 Months", "17 Years") == ["CHILD"]
    assert derive_age_groups("18 Years", "64 Years") == ["ADULT"]
    assert derive_age_groups("65 Years", None) == ["OLDER_ADULT"]
    assert derive_age_groups("216 Months", "18 Years") == ["ADULT"]


def test_what_has_no_place_is_left_over_not_lost() -> None:
    record = read_records(OLD.encode(), "old.xml").records[0]
    assert record.left_over["legacyXml.unheard_of"] == [{"text": "", "a": "1"}]
    assert record.left_over["legacyXml.oversight_info.authority"] == ["United States: FDA"]
    assert record.left_over["legacyXml.primary_outcome.safety_issue"] == ["Yes"]
    assert record.left_over["legacyXml.number_of_arms"] == ["9"]
    unmapped = derive_draft(record).mapping["registry"]["unmapped"]
    assert set(record.left_over) <= set(unmapped)


def test_samples_leave_nothing_over() -> None:
    for path in XML:
        assert read_one(path).left_over == {}, path.stem
