"""Words for a household and its members, as deliveries spell them."""

from enum import StrEnum


class Tenure(StrEnum):
    OWN = "own"
    JEONSE = "jeonse"
    DEPOSIT_RENT = "deposit_rent"  # 보증부월세
    MONTHLY_RENT = "monthly_rent"
    PUBLIC_RENTAL = "public_rental"
    FREE = "free"


class Dwelling(StrEnum):
    APARTMENT = "apartment"
    DETACHED = "detached"
    MULTI_UNIT = "multi_unit"  # 다세대·연립·다가구
    OFFICETEL = "officetel"
    GOSIWON = "gosiwon"
    BASEMENT = "basement"
    ROOFTOP = "rooftop"
    NON_DWELLING = "non_dwelling"  # 비닐하우스, 컨테이너, 여관


class Relation(StrEnum):
    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    OTHER = "other"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class Disability(StrEnum):
    NONE = "none"
    MILD = "mild"
    SEVERE = "severe"


class Program(StrEnum):
    """Benefits a household can hold. The four livelihood programmes together are basic livelihood support."""

    LIVELIHOOD = "basic_livelihood"
    MEDICAL = "basic_medical"
    HOUSING = "basic_housing"
    EDUCATION = "basic_education"
    NEAR_POVERTY = "near_poverty"
    BASIC_PENSION = "basic_pension"
    DISABILITY_ALLOWANCE = "disability_allowance"
    SINGLE_PARENT = "single_parent"
    EMERGENCY_AID = "emergency_aid"
    ENERGY_VOUCHER = "energy_voucher"
    CHILD_ALLOWANCE = "child_allowance"
    CASE_MANAGEMENT = "case_management"  # 통합사례관리 진행 중


# 국민기초생활보장: 국민기초생활 보장법 제7조제1항, of whose seven kinds four are paid month by month.
BASIC_LIVELIHOOD = (Program.LIVELIHOOD, Program.MEDICAL, Program.HOUSING, Program.EDUCATION)


class HouseholdType(StrEnum):
    """One type a household, the first that fits in this order."""

    SINGLE_ELDER = "single_elder"  # one person of 65 or more
    SINGLE_WORKING_AGE = "single_working_age"  # one person of 19 to 64
    SINGLE_PARENT = "single_parent"  # one adult of 19 or more, no spouse, with a child of the head under 18
    GRANDPARENT = "grandparent"  # a head with a grandchild under 18 and no child of the head
    ELDER_ONLY = "elder_only"  # two or more, all of 65 or more
    WITH_CHILDREN = "with_children"  # any other with a child under 18
    OTHER = "other"
