"""Survey features: the dwelling, how it is held, what it costs, and what else the household owns."""

import narwhals as nw

from features.declaration import Direction, Family, Feature, Sensitivity, Unit
from features.survey_words import about, as_reported, flag, from_columns, per, share_of_income, total, total_of

_dwelling = about(family=Family.HOUSEHOLD, theme="주거", unit=Unit.FLAG)
_place = about(family=Family.HOUSEHOLD, theme="지역")
_owned = about(
    family=Family.HOUSEHOLD,
    theme="재산",
    unit=Unit.MANWON,
    direction=Direction.LOWERS,
    sensitivity=Sensitivity.FINANCIAL,
)

# 주택유형, 주거위치, 점유형태 of the codebook, as the floats every format holds.
_PUBLIC_HOUSING = (6.0, 13.0)
_NO_DWELLING = (8.0, 9.0, 10.0, 11.0, 12.0)  # 주택 이외의 거처: 비거주용, 오피스텔, 비닐하우스·판잣집, 임시가건물, 기타
_BELOW_GROUND_OR_ROOF = (1.0, 2.0, 4.0)
_OWN, _JEONSE, _DEPOSIT_RENT, _MONTHLY_RENT, _FREE = 1.0, 2.0, 3.0, 4.0, 5.0
_SEOUL, _COUNTY = 1.0, 4.0
_OTHER_REAL_ESTATE = ("other_house", "other_building", "land")
_ASSETS = ("house_or_deposit_value", *_OTHER_REAL_ESTATE, "car_value")

HOUSING: tuple[Feature, ...] = (
    _dwelling(
        "is_owner",
        "자가",
        measure=flag(lambda: nw.col("tenure") == _OWN),
        direction=Direction.LOWERS,
        present_ko="자기 집에서 사십니다",
        absent_ko="자기 집이 아닌 곳에서 사십니다",
    ),
    _dwelling("is_jeonse", "전세", measure=flag(lambda: nw.col("tenure") == _JEONSE), present_ko="전세로 사십니다"),
    _dwelling(
        "rents_by_month",
        "월세(보증부 포함)",
        measure=flag(lambda: nw.col("tenure").is_in([_DEPOSIT_RENT, _MONTHLY_RENT])),
        direction=Direction.RAISES,
        present_ko="월세로 사십니다",
    ),
    _dwelling(
        "is_rent_free",
        "무상 거주",
        measure=flag(lambda: nw.col("tenure") == _FREE),
        present_ko="다른 사람 명의의 집에 무상으로 사십니다",
    ),
    _dwelling(
        "is_public_rental",
        "공공임대주택",
        measure=flag(
            lambda: (
                nw.col("house_type").is_in(_PUBLIC_HOUSING)
                | (nw.col("public_rental_perm") == 1)
                | (nw.col("public_rental_nat") == 1)
            )
        ),
        present_ko="공공임대주택에 사십니다",
    ),
    _dwelling(
        "is_below_ground_or_roof",
        "지하·반지하·옥탑",
        measure=flag(lambda: nw.col("house_level").is_in(_BELOW_GROUND_OR_ROOF)),
        direction=Direction.RAISES,
        present_ko="지하나 반지하, 옥탑에 사십니다",
    ),
    _dwelling(
        "is_nonstandard_dwelling",
        "지하·옥탑·주택 이외의 거처",
        measure=flag(
            lambda: nw.col("house_level").is_in(_BELOW_GROUND_OR_ROOF) | nw.col("house_type").is_in(_NO_DWELLING)
        ),
        direction=Direction.RAISES,
        present_ko="지하나 옥탑, 또는 주택이 아닌 곳(오피스텔 포함)에 사십니다",
    ),
    _dwelling(
        "floor_area",
        "주거 면적",
        unit=Unit.M2,
        measure=as_reported("floor_area"),
        direction=Direction.LOWERS,
        present_ko="집의 넓이가 {value}입니다",
    ),
    _dwelling(
        "floor_area_each",
        "1인당 주거 면적",
        unit=Unit.M2,
        measure=per("floor_area", "hh_size"),
        present_ko="집의 넓이가 가구원 한 명당 {value}입니다",
    ),
    _dwelling(
        "moved_past_year",
        "지난 1년 이사",
        measure=as_reported("moved_past_year"),
        present_ko="지난 1년 사이 이사했습니다",
    ),
    _dwelling(
        "rent_month",
        "월세(월평균)",
        unit=Unit.MANWON,
        measure=as_reported("rent_month"),
        sensitivity=Sensitivity.FINANCIAL,
        present_ko="월세로 한 달에 {value}을 냅니다",
    ),
    _dwelling(
        "rent_rate",
        "소득 대비 월세 비율",
        unit=Unit.RATE,
        measure=share_of_income("rent_month", times=12),
        direction=Direction.RAISES,
        sensitivity=Sensitivity.FINANCIAL,
        present_ko="확인되는 소득의 {value}를 월세로 냅니다",
    ),
)

ASSETS: tuple[Feature, ...] = (
    _owned(
        "house_value",
        "사는 집의 가격(자가)",
        measure=from_columns(
            lambda: nw.when(nw.col("tenure") == _OWN).then(nw.col("house_or_deposit_value")).otherwise(nw.lit(0))
        ),
        present_ko="사는 집의 가격이 {value}입니다",
        absent_ko="소유한 집에 살고 있지 않습니다",
    ),
    _owned(
        "deposit_value",
        "전세금·보증금",
        measure=from_columns(
            lambda: (
                nw.when(nw.col("tenure").is_in([_JEONSE, _DEPOSIT_RENT]))
                .then(nw.col("house_or_deposit_value"))
                .otherwise(nw.lit(0))
            )
        ),
        direction=Direction.FREE,
        present_ko="전세금이나 보증금이 {value}입니다",
    ),
    _owned(
        "home_value",
        "집값·전세금·보증금",
        measure=as_reported("house_or_deposit_value"),
        present_ko="집값이나 전세금·보증금이 {value}입니다",
        absent_ko="집값이나 전세금·보증금으로 확인되는 재산이 없습니다",
    ),
    _owned(
        "other_real_estate",
        "그 밖의 부동산",
        measure=total_of(_OTHER_REAL_ESTATE),
        present_ko="사는 집 외에 부동산이 {value} 있습니다",
        absent_ko="사는 집 외에 부동산이 없습니다",
    ),
    _owned(
        "cars_n",
        "자동차 수",
        unit=Unit.CODE,
        measure=as_reported("cars_n"),
        present_ko="자동차가 있습니다",
        absent_ko="자동차가 없습니다",
    ),
    _owned("car_value", "자동차 가격", measure=as_reported("car_value"), present_ko="자동차 가격이 {value}입니다"),
    _owned(
        "assets",
        "확인되는 재산(집·보증금·부동산·자동차)",
        measure=total_of(_ASSETS),
        present_ko="집과 보증금, 부동산, 자동차를 더한 재산이 {value}입니다",
        absent_ko="확인되는 재산이 없습니다",
    ),
    _owned(
        "net_assets",
        "빚을 뺀 재산",
        measure=from_columns(lambda: total(_ASSETS) - total(("fin_loan_manwon", "card_debt_manwon"))),
        present_ko="재산에서 대출을 빼면 {value}입니다",
        negative_ko="확인되는 재산보다 대출이 {value} 더 많습니다",
    ),
)

PLACE: tuple[Feature, ...] = (
    _place("is_seoul", "서울", Unit.FLAG, measure=flag(lambda: nw.col("urbanicity5") == _SEOUL)),
    _place("is_county", "군 지역", Unit.FLAG, measure=flag(lambda: nw.col("urbanicity5") >= _COUNTY)),
)
