"""What a source says stands in the record word for word: every text of the real samples is looked for again.

What is left out on purpose is named here with the reason; anything else that is missing fails.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser

from app.trials.reading.files import records_in
from app.trials.reading.jrct import read_page
from app.trials.record import Record
from app.trials.rules.texts import unmarked
from app.trials.written import as_json

PERSON = "people are in no record"
CTGOV_LEFT_OUT = {
    "derivedSection": "worked out by the registry from what is kept",
    "hasResults": "yes or no, see below",
    "protocolSection.eligibilityModule.healthyVolunteers": "yes or no, see below",
    "protocolSection.contactsLocationsModule.locations.geoPoint": "wrong in Japan",
    "protocolSection.contactsLocationsModule.locations_nested": "the same as locations",
    "protocolSection.contactsLocationsModule.locations.contacts": PERSON,
    "protocolSection.contactsLocationsModule.centralContacts": PERSON,
    "protocolSection.contactsLocationsModule.overallOfficials.name": PERSON,
    "protocolSection.contactsLocationsModule.overallOfficials.role": PERSON,
    "protocolSection.sponsorCollaboratorsModule.responsibleParty.investigatorFullName": PERSON,
    "protocolSection.sponsorCollaboratorsModule.responsibleParty.investigatorTitle": PERSON,
    "protocolSection.sponsorCollaboratorsModule.responsibleParty.oldNameTitle": PERSON,
    "protocolSection.referencesModule.references.citation": "names of authors; the number in PubMed is kept",
}
ICTRP_LEFT_OUT = {
    "Export date": "when the file was made",
    "Source Register": "the registry, which the number says",
    "Contact Firstname": PERSON,
    "Contact Lastname": PERSON,
    "Contact Address": PERSON,
    "Contact Tel": PERSON,
    "Contact Email": PERSON,
}
# Labels of jRCT under which a person's name, ways to reach them, their post or the desk of a contact person stand.
JRCT_PERSON = re.compile(r"氏名|電話|FAX|メール|e-Rad|役職|担当者")
# A value of these may be a person's name, or hold a mail address; the record then says that it was left out.
WITHHELD = {"name_withheld", "contact_removed"}


def plain(text: str) -> str:
    return "".join(text.split()).casefold()


def texts_of(said: Any) -> Iterator[str]:
    if isinstance(said, dict | list):
        for one in said.values() if isinstance(said, dict) else said:
            yield from texts_of(one)
    elif isinstance(said, str):
        yield said


def said_in(record: Record) -> str:
    return "\n".join(plain(text) for text in texts_of(orjson.loads(as_json(record))))


def leaves(said: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield from leaves(value, f"{path}.{key}".lstrip("."))
    elif isinstance(said, list):
        for value in said:
            yield from leaves(value, path)
    elif said is not None:
        yield path, str(said)


def is_left_out(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}.") for one in CTGOV_LEFT_OUT)


def test_every_text_of_the_real_studies_stands_in_their_records(shared: Path) -> None:
    file = shared / "data/ctgov/studies.jsonl"
    with file.open("rb") as opened:
        records = {found.record.number: found.record for found in records_in(opened) if found.record}
    looked_for, missing = 0, []
    for line in file.read_bytes().splitlines():
        study = orjson.loads(line)
        record = records[study["protocolSection"]["identificationModule"]["nctId"]]
        said, withheld = said_in(record), {one.text[:40] for one in record.findings if one.reason in WITHHELD}
        for path, text in leaves(study):
            if is_left_out(path):
                continue
            looked_for += 1
            if plain(text) not in said and not (withheld and path.endswith((".facility", ".name", ".affiliation"))):
                missing.append((record.number, path, text[:60]))
        assert record.results.available is study.get("hasResults")
        healthy = study["protocolSection"].get("eligibilityModule", {}).get("healthyVolunteers")
        assert record.eligibility.healthy_volunteers is healthy
    assert not missing, missing
    assert len(records) == 145
    assert looked_for > 15_000


def test_every_text_of_the_real_ictrp_rows_stands_in_their_records(shared: Path) -> None:
    file = shared / "data/ictrp/jprn.csv"
    with file.open("rb") as opened:
        records = [found.record for found in records_in(opened) if found.record]
    with file.open(encoding="utf-8-sig", newline="") as opened_text:
        rows = list(csv.DictReader(opened_text))
    missing = []
    for record, row in zip(records, rows, strict=True):
        said = said_in(record)
        person = any(one.reason in WITHHELD for one in record.findings)
        for label, cell in row.items():
            if label in ICTRP_LEFT_OUT or (label == "Primary sponsor" and person):
                continue
            missing += [(record.number, label, piece[:60]) for piece in pieces(cell) if plain(piece) not in said]
    assert not missing, missing
    assert len(records) == 25


def pieces(cell: str) -> list[str]:
    """Return the parts of a cell: lists are taken apart, a label, a prefix and a time of midnight left out."""
    text = re.sub(r"^(?:in|ex)clusion criteria: ?", "", unmarked(cell), flags=re.IGNORECASE)
    text = text.removeprefix("JPRN-").removesuffix(" 00:00:00")
    return [part for part in re.split(r"[;,\n]|\(except Japan\)", text) if part.strip()]


def test_every_text_of_the_real_page_of_jrct_stands_in_its_record(shared: Path) -> None:
    content = (shared / "data/jrct/jRCTs051180190.html").read_bytes()
    said = said_in(read_page(content))
    looked_for, missing = 0, []
    for row in LexborHTMLParser(content.decode()).css("tr"):
        label = " ".join(cell.text() for cell in row.css("th"))
        # 臨床研究を実施する国（日本以外）: なし / none, which says that Japan is the only country.
        if JRCT_PERSON.search(label) or "日本以外" in label:
            continue
        for cell in row.css("td"):
            parts = [part for part in cell.text(separator="\n").split("\n") if part.strip()]
            looked_for += len(parts)
            missing += [(label, part) for part in parts if plain(part) not in said]
    assert not missing, missing
    assert looked_for > 500


def test_a_text_that_is_missing_would_be_noticed(shared: Path) -> None:
    assert plain("not said anywhere") not in said_in(read_page((shared / "data/jrct/jRCTs051180190.html").read_bytes()))
