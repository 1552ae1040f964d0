"""Resident registration numbers are seen however they are typed, and other numbers are not taken for one."""

import pytest

from domain.errors import UsageError
from domain.registration_number import holds_registration_number
from outreach.signing import checked_words


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234567",
        "주민번호 9001011234567입니다",
        "900101 - 2234567",
        "９００１０１－１２３４５６７",
        "990315–5123456",
        "(900101-1234567)",
    ],
)
def test_a_whole_number_is_seen(text: str) -> None:
    assert holds_registration_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "900101-1******",
        "900101",
        "010-1234-5678",
        "2026-11-18 09:40",
        "4128151000",
        "12345678901234567890",
        "901301-1234567",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_registration_number(text)


def test_a_signed_reason_holds_none_and_the_refusal_does_not_repeat_it() -> None:
    with pytest.raises(UsageError, match="resident registration number") as refused:
        checked_words("kim", "900101-1234567 어르신의 뜻에 따름")
    assert "1234567" not in f"{refused.value} {refused.value.hint}"
