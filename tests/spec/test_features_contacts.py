"""What earlier listings found. The as-of date is Monday 2026-11-16, the first day of 2026-W47."""

from tests.support.cores import listing, seen


def test_a_listing_counts_from_the_next_round_on() -> None:
    found = seen(outcomes=[listing("2026-W46"), listing("2026-W47")])
    assert (found["times_listed_24m"], found["days_since_open_listing"]) == (1, 7)


def test_listings_are_counted_for_730_days() -> None:
    # 2024-W47 began on 2024-11-18, 728 days before; the week before it is 735 days ago.
    assert seen(outcomes=[listing("2024-W46"), listing("2024-W47")])["times_listed_24m"] == 1


def test_public_support_and_case_management_are_need_found() -> None:
    rows = [
        listing("2026-W10", outcome="emergency_aid", recorded="2026-03-20"),
        listing("2026-W20", outcome="case_management", recorded="2026-05-20"),
        listing("2026-W30", outcome="private_service", recorded="2026-08-01"),
        listing("2026-W40", outcome="visited_closed", recorded="2026-10-10"),
    ]
    assert seen(outcomes=rows)["times_found_in_need_24m"] == 2


def test_an_outcome_counts_once_it_is_written_down() -> None:
    row = listing("2026-W40", contacted="2026-10-01", outcome="unreachable", recorded="2026-11-16")
    assert seen(outcomes=[row])["times_not_reached_24m"] == 0
    assert seen(outcomes=[row | {"recorded_at": row["recorded_at"] - 1}])["times_not_reached_24m"] == 1


def test_the_days_since_the_last_contact() -> None:
    rows = [listing("2025-W40", contacted="2025-10-02"), listing("2026-W40", contacted="2026-10-17")]
    assert seen(outcomes=rows)["days_since_contact"] == 30
    assert seen()["days_since_contact"] is None


def test_a_listing_stays_open_until_the_day_after_its_contact() -> None:
    today = listing("2026-W44", contacted="2026-11-16")
    found = seen(outcomes=[today])
    assert (found["days_since_contact"], found["days_since_open_listing"]) == (None, 21)
    yesterday = listing("2026-W44", contacted="2026-11-15")
    found = seen(outcomes=[yesterday])
    assert (found["days_since_contact"], found["days_since_open_listing"]) == (1, None)


def test_listings_without_help_are_forgotten_once_help_came() -> None:
    twice = [listing("2026-W10"), listing("2026-W20", outcome="refused", recorded="2026-06-01")]
    assert seen(outcomes=twice)["listings_without_help"] == 2
    helped = listing("2026-W30", outcome="private_service", recorded="2026-08-01")
    assert seen(outcomes=[*twice, helped])["listings_without_help"] == 0
