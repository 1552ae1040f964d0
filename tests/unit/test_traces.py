"""The search for households in what was kept finds them wherever they stand."""

from tests.support.traces import named_in

ONE, OTHER = "a4ukk62qlyd6e54f", "j6eckl5w4y5wq2sp"


def test_a_household_is_found_between_other_signs_and_inside_longer_words() -> None:
    assert named_in(f"x,{ONE},1".encode(), [ONE, OTHER]) == {ONE}
    assert named_in(f"zz{ONE}zz{OTHER}".encode(), [ONE, OTHER]) == {ONE, OTHER}


def test_parts_of_one_are_none() -> None:
    assert named_in(ONE[:15].encode() + b" " + ONE[15:].encode(), [ONE]) == set()
