"""What came of a listing: a closed list, and which of it counts as help of which kind."""

from enum import StrEnum


class Outcome(StrEnum):
    """The strongest result of one listing, as the dong records it."""

    BASIC_LIVELIHOOD = "basic_livelihood"
    NEAR_POVERTY = "near_poverty"
    EMERGENCY_AID = "emergency_aid"
    OTHER_PUBLIC = "other_public"
    CASE_MANAGEMENT = "case_management"
    CASE_MANAGEMENT_DIFFICULT = "case_management_difficult"
    PRIVATE_SERVICE = "private_service"
    VISITED_CLOSED = "visited_closed"
    INVESTIGATED_CLOSED = "investigated_closed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    VACANT = "vacant"
    MOVED = "moved"
    HOSPITALISED = "hospitalised"
    WRONG_DATA = "wrong_data"
    DECEASED = "deceased"


PUBLIC_BENEFIT = frozenset(
    {Outcome.BASIC_LIVELIHOOD, Outcome.NEAR_POVERTY, Outcome.EMERGENCY_AID, Outcome.OTHER_PUBLIC}
)
CASE_MANAGED = frozenset({Outcome.CASE_MANAGEMENT, Outcome.CASE_MANAGEMENT_DIFFICULT})
IN_NEED = PUBLIC_BENEFIT | CASE_MANAGED  # real need was found
SUPPORTED = IN_NEED | {Outcome.PRIVATE_SERVICE}
SEVERE_CRISIS = frozenset({Outcome.EMERGENCY_AID, Outcome.CASE_MANAGEMENT_DIFFICULT})
# 비대상: nobody could be asked, so the listing says nothing about need.
NOT_REACHED = frozenset(
    {
        Outcome.UNREACHABLE,
        Outcome.VACANT,
        Outcome.MOVED,
        Outcome.HOSPITALISED,
        Outcome.WRONG_DATA,
        Outcome.DECEASED,
    }
)
