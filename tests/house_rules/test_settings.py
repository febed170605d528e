"""Every setting is in the README, and an unsafe production does not start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings

README = Path(__file__).parents[2] / "README.md"
SAFE = {
    "environment": "production",
    "database_url": "postgresql://service@db/madoguchi",
    "secret_key": "k" * 40,
    "public_url": "https://window.example",
    "operator_name_en": "An Operator",
    "operator_name_ja": "ある運営主体",
}


def test_every_setting_is_explained_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in text] == []


def test_a_safe_production_starts() -> None:
    assert Settings(_env_file=None, **SAFE).served_over_https


@pytest.mark.parametrize(
    "unsafe",
    [
        {"secret_key": "short"},
        {"secret_key": "for development only"},
        {"public_url": "http://window.example"},
        {"mail_catcher_dir": "/tmp/mail"},
        {"operator_name_en": "Sample Operator (fictional)"},
    ],
)
def test_an_unsafe_production_is_refused(unsafe: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **{**SAFE, **unsafe})
