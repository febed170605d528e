"""Addresses, tokens and who may be what."""

from uuid import uuid4

import pytest

from app.identity.rules import VISITOR, Role, hashed, is_address, may_be_together, normal_address, token_for
from tests.make import somebody


@pytest.mark.parametrize("text", ["a@b.jp", "first.last+tag@sub.company.com", "x_y@a-b.example"])
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.jp",
        "a@b",
        "a b@c.jp",
        "a@b..jp",
        "a@b.jp,c@d.jp",
        "a@b@c.jp",
        "a\n@b.jp",
        "あ@b.jp",
        "a" * 250 + "@b.jp",
    ],
)
def test_what_is_no_address_is_told_apart(text: str) -> None:
    assert not is_address(text)


def test_an_address_is_compared_without_case_and_spaces() -> None:
    assert normal_address("  Name@Company.COM ") == "name@company.com"


def test_a_token_depends_on_secret_purpose_and_row_and_is_not_its_hash() -> None:
    row = uuid4()
    token = token_for("secret", "link", row)
    assert token == token_for("secret", "link", row)
    assert (
        len(
            {
                token,
                token_for("other", "link", row),
                token_for("secret", "x", row),
                token_for("secret", "link", uuid4()),
            }
        )
        == 4
    )
    assert hashed(token) != token


def test_nobody_is_staff_and_coordinator_or_sponsor_in_one_account() -> None:
    assert not may_be_together(frozenset({Role.STAFF, Role.COORDINATOR}))
    assert not may_be_together(frozenset({Role.STAFF, Role.SPONSOR, Role.ADMINISTRATOR}))
    assert may_be_together(frozenset({Role.STAFF, Role.ADMINISTRATOR}))


def test_each_role_invites_only_to_what_is_its_to_give() -> None:
    assert somebody(roles=frozenset({Role.SPONSOR})).may_invite() == {Role.SPONSOR}
    assert somebody(roles=frozenset({Role.STAFF})).may_invite() == {Role.COORDINATOR}
    assert Role.STAFF in somebody(roles=frozenset({Role.ADMINISTRATOR})).may_invite()
    assert somebody(roles=frozenset({Role.OBSERVER, Role.COORDINATOR})).may_invite() == {Role.COORDINATOR}
    assert somebody(roles=frozenset({Role.OBSERVER})).may_invite() == frozenset()
    assert VISITOR.may_invite() == frozenset()
