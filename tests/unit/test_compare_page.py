"""The page that compares two models: whole in itself, honest about what is not known, and no household in it."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from audit.comparison import Comparison, Model
from audit.drift import Kind, Level
from audit.movement import Moves
from domain.household import HouseholdType
from scoring.disclosure import disclosable, disclosable_parts, said_parts
from scoring.groups import ATTRIBUTES
from scoring.reference import HIDDEN_UP_TO
from scoring.telling import as_told
from serving import wording_ko as ko
from serving.compare_numbers import difference, plain, which_is_better, with_interval
from serving.compare_page import compare_page
from sources.tables import TABLES
from sources.tables import Kind as Column
from tests.support.reports import GROUPS, METHODS, RANKS_BY, comparison, figure, moved, report
from training import wording_ko as words_of_the_card
from training.labels import LABELS
from training.rounds import BASELINES

VOID = {"meta", "line", "circle", "rect", "path", "polyline", "br", "link"}
SECTIONS = [
    "summary",
    "what",
    "limits",
    "capacity",
    "labels",
    "quality",
    "folds",
    "groups",
    "movement",
    "drift",
    "words",
]


class Page(HTMLParser):
    """Reads a page, keeps its tags and texts, and refuses one that is not well-formed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self.open:
            self.texts.append(data.strip())

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return compare_page(comparison())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def page_of(**changes: object) -> Page:
    return Page(compare_page(comparison(**changes)))


def with_difference(**changes: float | None) -> Comparison:
    changed = report()
    changed["differences"]["B"]["A"][RANKS_BY] |= changes
    return comparison(report=changed)


def summary_of(compared: Comparison) -> str:
    html = compare_page(compared)
    return html[html.index('<section id="summary">') : html.index('<section id="what">')]


def test_the_page_is_one_whole_file_in_korean(html: str, page: Page) -> None:
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert page.having("html") == [{"lang": "ko"}]
    assert [section["id"] for section in page.having("section")] == SECTIONS
    assert len(html.encode()) < 2_000_000


def test_the_page_fetches_nothing_and_runs_nothing(html: str, page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert "http" not in html
    assert "url(" not in html
    assert "@import" not in html
    outside = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "action") and not str(value).startswith("#")
    ]
    assert outside == []
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    names = {attributes.get("id") for _, attributes in page.tags}
    assert [link["href"] for link in page.having("a") if str(link["href"])[1:] not in names] == []


def test_no_name_is_given_twice(page: Page) -> None:
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(names) == len(set(names))


def test_every_picture_and_every_table_says_what_it_shows(page: Page) -> None:
    pictures, tables = len(page.having("svg")), len(page.having("table"))
    assert pictures == 4 + 2  # and one for each attribute
    assert sum(1 for tag, _ in page.tags if tag == "title") == pictures + 1  # the page has one as well
    assert sum(1 for tag, _ in page.tags if tag == "desc") == pictures
    assert len(page.having("caption")) == tables
    assert [head for head in page.having("th") if head.get("scope") not in ("col", "row", "rowgroup")] == []


def test_the_header_says_what_is_compared(page: Page) -> None:
    for text in ("standard-1", "standard-2", "aa11" * 16, "bb22" * 16):
        assert text in page.texts
    text = " ".join(page.texts)
    for said in (
        "cc33" * 16,
        "2026. 11. 16.(월)",
        "2026-W20~2026-W21(2개 회차)",
        "897건",
        "153건",
        "71건",
        "행정동 44곳",
    ):
        assert said in text


@pytest.mark.parametrize("method", METHODS)
def test_the_headline_says_the_reports_numbers_with_the_naive_ones_beside(page: Page, method: str) -> None:
    figures = report()["figures"][method]["capacity"][RANKS_BY]
    at = page.texts.index("판정 건수")
    row = page.texts.index(ko.METHODS[method], at)
    shown = page.texts[row + 1 : row + 6]
    expected = (figures["weighted"], figures["naive"])
    assert shown[:2] == [f"{f['value']:.2f} ({f['low']:.2f}~{f['high']:.2f})" for f in expected]
    assert shown[2:] == ["0.21 (0.16~0.26)", "2.4 (1.9~2.9)", "897건(실효 61건)"]


def test_a_figure_that_cannot_be_computed_is_not_zero(page: Page) -> None:
    assert with_interval(figure(None)) == "계산할 수 없음" == ko.UNDEFINED
    assert ko.UNDEFINED in page.texts


def test_numbers_are_said_as_people_read_them() -> None:
    assert with_interval(figure(0.3149, 0.04)) == "0.31 (0.27~0.35)"
    assert with_interval({"value": 0.31, "low": None, "high": None}) == "0.31 (구간 없음)"
    assert difference({"value": -0.0001, "low": None, "high": None, "n": 9}) == "0.000 (구간 없음)"
    assert plain(-0.012, digits=3) == "−0.012"
    assert difference(figure(0.022, 0.035)) == "+0.022 (−0.013~+0.057)"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.05, "모형 B 쪽이 더 많이 찾습니다"),
        (-0.05, -0.01, "모형 A 쪽이 더 많이 찾습니다"),
        (-0.01, 0.05, "어느 쪽이 나은지 알 수 없습니다"),
        (0.0, 0.05, "어느 쪽이 나은지 알 수 없습니다"),
    ],
)
def test_a_difference_is_said_as_strongly_as_its_interval_allows(low: float, high: float, said: str) -> None:
    shown = {"value": (low + high) / 2, "low": low, "high": high, "n": 40}
    assert which_is_better(shown, "B", "A") == said
    assert said in summary_of(with_difference(**shown))


def test_two_lists_that_no_judged_row_tells_apart_are_not_found_equal() -> None:
    compared = with_difference(value=0.0, low=0.0, high=0.0, n=0, effective_n=None)
    assert ko.NO_ROWS_APART in summary_of(compared)
    alike = replace(compared, b=compared.a)
    assert "이 회차들에서는 두 모형을 같은 방법으로 다시 배워 견줄 수 없습니다." in summary_of(alike)
    for one in (compared, alike):
        html = compare_page(one)
        assert f"<td>{ko.NOT_COMPARABLE}</td>" in html
        assert "똑같" not in html


def test_models_of_one_recipe_are_said_to_differ_in_what_they_differ_in() -> None:
    one = comparison().a

    def note(other: Model) -> str:
        (said,) = re.findall(r"<strong>(두 모형은 [^<]*)</strong>", compare_page(comparison(b=other)))
        return str(said)

    assert note(replace(one, recipe=replace(one.recipe, seed=2))) == ko.SAME_BUT_SEED
    later = replace(one, trained_as_of="2026-11-23", delivery_digest="dd" * 32)
    assert note(later) == "두 모형은 만드는 법이 같고 배운 날(기준일), 배운 자료가 다릅니다."
    assert note(one) == ko.SAME_IN_ALL


def test_what_is_withheld_in_one_table_is_shown_in_none() -> None:
    weak = report()
    weak["test"]["min_effective_n"] = 1000
    compared = comparison(report=weak)
    page = Page(compare_page(compared))
    naive = {with_interval(weak["figures"][m]["capacity"][RANKS_BY]["naive"]) for m in METHODS}
    figures = {text for text in page.texts if re.match(r"[−+]?\d\.\d{2}", text) and text not in naive}
    assert {text for text in figures if not re.fullmatch(r"0\.\d{1,2}", text)} == set()  # those are marks of axes
    assert [text for text in page.texts if text in ("28.0%", "0.17", "0.29", "70.0%")] == []
    assert page.having("polyline") == []
    summary = summary_of(compared)
    assert "모형 A: 무작위로 정한 가구의 결과가 적어 판단하지 않습니다(실효 61건)." in summary
    assert "두 모형의 차이는 판단하지 않습니다(실효 61건)." in summary
    assert "어느 쪽이 나은지 알 수 없습니다" not in summary
    assert ko.SUMMARY_WIDE not in summary


def test_what_cannot_be_computed_is_not_said_to_rest_on_too_few() -> None:
    undefined = report()
    undefined["figures"]["A"]["capacity"][RANKS_BY]["weighted"] |= {"value": None, "low": None, "high": None}
    told = as_told(undefined)["figures"]["A"]["capacity"][RANKS_BY]["weighted"]
    assert with_interval(told) == ko.UNDEFINED
    assert with_interval(told | {"is_too_few": True}) == "판단하지 않음(실효 61건)"


def test_a_difference_without_interval_judges_nothing() -> None:
    summary = summary_of(with_difference(value=-0.004, low=None, high=None))
    assert "−0.004 (구간 없음)" in summary
    assert "판단하지 않습니다" in summary


def test_a_wide_interval_is_said_to_be_no_ground_to_act_on() -> None:
    changed = report()
    changed["figures"]["A"]["capacity"][RANKS_BY]["weighted"] |= {"low": 0.0, "high": 0.7}
    assert ko.SUMMARY_WIDE in summary_of(comparison(report=changed))
    assert ko.SUMMARY_WIDE not in summary_of(comparison())


def test_baselines_that_are_not_beaten_are_named(html: str) -> None:
    assert "위기정보 개수(예전 방식), 지역만 보기보다 더 많이 찾습니다." in html
    assert "로지스틱 회귀, 지난주 점수 그대로와는 어느 쪽이 나은지 알 수 없습니다." in html


def test_models_of_two_recipes_are_not_said_to_be_made_alike(html: str) -> None:
    assert "두 모형은 만드는 법" not in html


def test_a_small_group_is_named_and_not_judged(page: Page) -> None:
    assert page.texts.count("판단하지 않음(약 10건)") == 2  # in the picture and in the table
    assert page.texts[page.texts.index("판단하지 않음(약 10건)", page.texts.index("A 발견율")) - 1] == "조손 가구"


def test_the_count_of_a_small_group_is_nowhere() -> None:
    small = report()
    for groups in small["groups"].values():
        groups[3] |= {"n": 5, "positives": 2}
    texts = page_of(report=small).texts
    assert texts.count("판단하지 않음(8건 미만)") == 2
    single_parent = texts.index("한부모 가구", texts.index("A 발견율"))
    assert texts[single_parent + 1] == "숨김"  # with the total of all it would say how many the small group has


def test_made_up_people_are_said_to_be(html: str) -> None:
    assert "지어낸 자료입니다" in html
    assert "지어낸 자료입니다" not in " ".join(page_of(is_made_up=False).texts)


def test_text_from_outside_is_never_markup() -> None:
    html = compare_page(comparison(labels=dict.fromkeys(comparison().labels, "<script>alert(1)</script>")))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_small_numbers_of_moving_households_are_hidden(page: Page) -> None:
    start = page.texts.index("새로 오름")
    row = page.texts.index("조손 가구", start)
    assert page.texts[row + 1 : row + 4] == [ko.HIDDEN] * 3


def test_dongs_beyond_the_first_sixty_are_told_together() -> None:
    codes = [f"41281{number:03d}00" for number in range(100, 200)]
    movement = moved()
    changed = type(movement)(movement.week, movement.total, dict.fromkeys(codes, Moves(1, 1, 9)), movement.groups)
    texts = page_of(movement=changed, dongs={code: f"동 {code}" for code in codes}).texts
    row = texts.index("그 밖의 40개 동")
    assert texts[row + 1 : row + 4] == ["400", "40", "360"]


def test_changes_of_the_inputs_are_told_in_words_the_gravest_first(page: Page) -> None:
    row = page.texts.index("건강보험료 체납", page.texts.index("입력값"))
    assert page.texts[row + 1] == "경보"
    assert page.texts[row + 2].startswith("2026-07부터")
    assert "+35.0%" in page.texts[row + 2]
    assert page.texts[row + 3 : row + 5] == ["가구원 표의 가구주와의 관계", "경보"]
    assert page.texts[row + 5] == "전에 없던 값 ‘parent’, ‘sibling’: 적힌 행의 2.0%"
    assert page.texts[row + 6 : row + 8] == ["현재 체납 종류 수", "주의"]


def test_each_group_of_rows_is_a_part_of_its_table(page: Page) -> None:
    tags = [tag if tag != "th" else str(attributes.get("scope")) for tag, attributes in page.tags]
    heads = [place for place, tag in enumerate(tags) if tag == "rowgroup"]
    assert len(heads) == 3 * len(GROUPS)
    assert {tuple(tags[place - 2 : place]) for place in heads} == {("tbody", "tr")}


def test_every_box_that_scrolls_can_be_reached_by_keyboard_and_has_a_name(page: Page) -> None:
    boxes = [box for box in page.having("div") if {"table", "drawing"} & set(str(box.get("class")).split())]
    assert len(boxes) == len(page.having("table")) + len(page.having("svg"))
    assert {(box["tabindex"], box["role"], bool(box["aria-label"])) for box in boxes} == {("0", "region", True)}


def test_each_table_of_groups_stands_under_its_own_heading(html: str) -> None:
    heading = {name: re.findall(r"<h3>([^<]*)</h3>", html[: html.index(name)])[-1] for name in ("A의 자리", "A 발견율")}
    assert heading == {"A의 자리": "집단이 차지한 자리", "A 발견율": "모든 집단의 발견율과 명단 적중률"}


def test_a_model_that_kept_no_reference_is_said_to_have_none() -> None:
    assert "견줄 수 없습니다" in " ".join(page_of(drift=None).texts)


def test_the_same_comparison_gives_the_same_bytes(html: str) -> None:
    assert compare_page(comparison()) == html


@pytest.mark.parametrize("total", range(31))
def test_no_small_count_follows_from_those_that_are_shown(total: int) -> None:
    """Whoever knows the total and the rule finds at least two possible values for every hidden count."""
    possible: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for counts in itertools.product(range(total + 1), repeat=3):
        if sum(counts) == total:
            possible.setdefault(tuple(disclosable_parts(counts)), []).append(counts)
    for shown, origins in possible.items():
        for place, count in enumerate(shown):
            if count is None and total > 0:
                assert len({counts[place] for counts in origins}) > 1


def test_a_count_that_is_not_told_is_said_to_be_small_or_hidden() -> None:
    assert said_parts([41, 12, 3], "건") == ["약 40건", "숨김", "8건 미만"]
    assert said_parts([HIDDEN_UP_TO, HIDDEN_UP_TO + 1, 90], "가구") == ["8가구 미만", "숨김", "약 90가구"]


def test_a_count_is_rounded_and_a_small_one_hidden() -> None:
    assert [disclosable(count) for count in (0, 7, 8, 12, 1203)] == [None, None, 10, 10, 1205]


def test_every_word_the_page_may_need_is_there() -> None:
    assert set(ko.METHODS) == {"A", "B", *BASELINES}
    assert set(ko.ATTRIBUTES) == set(ko.GROUPS) == set(ATTRIBUTES)
    assert {kind.value for kind in HouseholdType} <= set(ko.GROUPS["household_type"])
    assert set(ko.DRIFT_SENTENCES) == {kind.value for kind in Kind}
    assert set(ko.HELPED) == set(LABELS)
    choices = {f"{table.name}.{c.name}" for table in TABLES.values() for c in table.columns if c.kind is Column.CHOICE}
    assert set(ko.COLUMNS) == choices
    assert set(ko.TABLES) == set(TABLES)
    assert set(ko.DRIFT_LEVELS) == {Level.ALARM.value, Level.NOTICE.value}


def test_the_page_and_the_card_have_one_word_for_one_thing() -> None:
    shared = set(ko.METHODS) & set(words_of_the_card.METHODS)
    assert {name: ko.METHODS[name] for name in shared} == {name: words_of_the_card.METHODS[name] for name in shared}
    assert {name: words_of_the_card.ATTRIBUTES[name] for name in ko.ATTRIBUTES} == ko.ATTRIBUTES


def test_the_paper_is_a4_and_no_row_is_cut(html: str) -> None:
    style = html[html.index("@media print") : html.index("</style>")]
    assert "size: A4" in style
    assert "display: table-header-group" in style
    assert re.search(r"tr,[^{]*figure,[^{]*{ break-inside: avoid; }", style)
