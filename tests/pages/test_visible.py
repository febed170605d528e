"""The reader of the pages finds what nobody translated, and nothing else."""

import pytest

from tests.pages.visible import untranslated, untranslated_text


@pytest.mark.parametrize(
    "html",
    [
        "<p>⟦Whole sentence⟧</p>",
        "<p>⟦<b>Bold</b> and the rest, with ⟦another⟧ inside⟧</p>",
        '<p>⟦Named⟧ <span lang="ja" translate="no">見本大学病院</span> 15 / 20</p>',
        '<div lang="en" translate="no"><p>Data <br>in <i>parts</i></p></div><p>⟦After⟧</p>',
        '<script>let word = "unseen"</script><p aria-label="⟦Said⟧">⟦Seen⟧</p>',
    ],
)
def test_translated_text_and_data_pass(html: str) -> None:
    assert untranslated(html) == []


@pytest.mark.parametrize(
    ("html", "loose"),
    [
        ("<p>⟦Seen⟧ and forgotten</p>", ["and forgotten"]),
        ('<p translate="no">No language</p>', ["No language"]),
        ('<p lang="ja">日本語</p>', ["日本語"]),
        ('<img alt="A map"><p>⟦Seen⟧</p>', ["<img alt> A map"]),
        ('<div lang="en" translate="no"><br>data</div><p>after</p>', ["after"]),
        ("<title>Home</title>", ["Home"]),
    ],
)
def test_forgotten_text_is_found(html: str, loose: list[str]) -> None:
    assert untranslated(html) == loose


def test_an_unread_page_is_no_page() -> None:
    with pytest.raises(AssertionError, match="not read"):
        untranslated("<p>15</p>")


def test_lines_of_a_mail_are_read_too() -> None:
    assert untranslated_text("⟦Dear⟧ 2026\n⟦two\nlines⟧\nhttps://example.org/x\nforgotten") == ["forgotten"]
