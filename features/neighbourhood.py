"""Rates of the dong a household lives in, from the same definitions one level up.

They have no sentence: where somebody lives is no reason that one could say to them.
"""

from features.declaration import AreaRate, Family, Feature, Unit


def _rate(name: str, of: str, label_ko: str) -> Feature:
    return Feature(
        f"area_{name}_rate",
        f"이 동에서 {label_ko} 비율",
        Unit.RATE,
        Family.NEIGHBOURHOOD,
        "동네",
        AreaRate(of),
    )


FEATURES: tuple[Feature, ...] = (
    _rate("reported", "indicator_areas", "위기정보가 확인된 가구"),
    _rate("arrears", "_arrears_reported", "체납이 확인된 가구"),
    _rate("shutoff", "_shutoff_reported", "전기·가스·수도가 끊긴 가구"),
    _rate("health", "_health_reported", "건강 위기정보가 확인된 가구"),
)
