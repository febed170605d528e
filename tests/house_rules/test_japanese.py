"""The Japanese of pages, mails and seed data keeps to locales/STYLE.ja.md, which also lists the forbidden words."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
STYLE = ROOT / "locales" / "STYLE.ja.md"
CATALOGUE = ROOT / "locales" / "ja" / "LC_MESSAGES" / "messages.po"
JAPANESE = "ぁ-ゖァ-ヺー一-鿿々〆"
QUOTED = {"quote_ja", "source_quote_ja", "quote"}  # what a source says stays as it stands there
PUNCTUATION = {
    "half-width katakana": re.compile("[\uff66-\uff9f]"),
    "full-width letters or digits": re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"),
    "， or ． for 、 or 。": re.compile("[，．]"),
    "half-width signs beside Japanese": re.compile(rf"[{JAPANESE}][(),:;!?]|[(),:;!?] ?[{JAPANESE}]"),
    "a space between Latin and Japanese": re.compile(rf"[A-Za-z0-9)%] [{JAPANESE}]|[{JAPANESE}] [A-Za-z(]"),
}


def forbidden() -> dict[str, re.Pattern[str]]:
    """Each forbidden word with a pattern that finds it outside its allowed neighbours."""
    table = STYLE.read_text(encoding="utf-8").split("## 使わない語")[1]
    words = {}
    for line in table.splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)]
        if len(cells) == 6 and cells[1] not in ("使わない", "---"):
            allowed = f"(?:{cells[3]})|" if cells[3] else ""
            words[cells[1]] = re.compile(f"{allowed}(?P<found>{re.escape(cells[1])})")
    return words


FORBIDDEN = forbidden()


def misused(text: str) -> list[str]:
    return [word for word, where in FORBIDDEN.items() if any(hit["found"] for hit in where.finditer(text))]


def badly_set(text: str) -> list[str]:
    text = re.sub(r"<[^>]*>", "", re.sub(r"%\(\w+\)[sd]|\{\{.*?\}\}", "0", text)).replace("Madoguchi 窓口", "窓口")
    return [fault for fault, where in PUNCTUATION.items() if where.search(text)]


def translations() -> Iterator[tuple[str, str]]:
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="ja"):
            if message.id:
                strings = message.string if isinstance(message.string, tuple | list) else [message.string]
                yield str(message.id), "\n".join(strings)


def templates() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "templates").rglob("*")):
        if file.suffix in {".html", ".txt"}:
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def seeds() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "seed_data").rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                for column, cell in row.items():
                    if column.endswith("_ja") and column not in QUOTED:
                        yield f"{file.name} {column}", cell


def test_the_list_of_forbidden_words_is_read() -> None:
    assert {"コーディネーター", "倫理委員会", "不適合", "スタッフ", "有しない"} <= set(FORBIDDEN)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("コーディネーターを招待する", ["コーディネーター"]),
        ("治験コーディネーター（CRC）", []),
        ("治験コーディネーターとコーディネーター", ["コーディネーター"]),
        ("条件に不適合です", ["不適合", "適合"]),
        ("原発不明癌", []),
        ("システム管理者と病院の管理者", []),
        ("管理者に連絡", ["管理者"]),
    ],
)
def test_a_forbidden_word_is_found_and_its_allowed_neighbours_are_not(text: str, words: list[str]) -> None:
    assert misused(text) == words


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("あと%(days)s営業日（日本時間）", True),
        ("あと %(days)s 営業日", False),
        ("治験(企業)", False),
        ("臨床試験 ID", False),
        ("時刻：10:30", True),
        ("期限超過 %(days)s営業日", True),
        ("件数: 3", False),
        ("ＮＣＴ番号", False),
        ("Madoguchi 窓口", True),
        ("<b>実演。</b>架空の内容です。", True),
    ],
)
def test_japanese_is_set_in_full_width_without_spaces(text: str, right: bool) -> None:
    assert (badly_set(text) == []) is right


def test_the_catalogue_keeps_to_the_agreed_words() -> None:
    found = {message: misused(japanese) for message, japanese in translations() if misused(japanese)}
    assert not found, found


def test_the_catalogue_is_set_in_full_width_without_spaces() -> None:
    found = {japanese: badly_set(japanese) for _, japanese in translations() if badly_set(japanese)}
    assert not found, found


def test_templates_keep_to_the_agreed_words() -> None:
    found = {name: misused(text) for name, text in templates() if misused(text)}
    assert not found, found


def test_seed_data_keeps_to_the_agreed_words() -> None:
    found = {(where, text): misused(text) for where, text in seeds() if misused(text)}
    assert not found, found
