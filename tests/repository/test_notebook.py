"""The analysts' notebook: kept without outputs, runs from top to bottom, shows Korean plots and no household."""

import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest
from ipykernel.kernelspec import write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from features.catalogue import STANDARD
from sagak.settings import Settings
from scoring.bundle import Bundle, load_bundle
from tests.support.weeks import QUICK, environment, settings_of

PROJECT = Path(__file__).parents[2]
NOTEBOOK = PROJECT / "notebooks" / "from_delivery_to_candidate.ipynb"
HANGUL = re.compile("[가-힣]")
KEPT, HOUSEHOLDS = "households=8_000", 1_500
PLOTS = {"labels-plot", "forest", "reliability", "beeswarm", "waterfall", "monotone", "drift-plot"}


def book_of(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_of(book: Any) -> list[Any]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


@dataclass(frozen=True)
class Executed:
    """The notebook with its outputs, and the home it worked in."""

    book: Any
    settings: Settings

    def outputs(self) -> Iterator[tuple[str, Any]]:
        """Every output with the id of its cell."""
        return ((cell.id, output) for cell in code_of(self.book) for output in cell.outputs)

    def texts(self) -> str:
        """All that can be read in the outputs; a picture's bytes are left out."""
        shown = [dict(output.get("data", {})) | {"text": output.get("text", "")} for _, output in self.outputs()]
        return json.dumps([{kind: text for kind, text in data.items() if kind != "image/png"} for data in shown],
                          ensure_ascii=False)  # fmt: skip

    def bundle(self, name: str) -> Bundle:
        return load_bundle(self.settings.models / name, STANDARD)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Executed:
    """Run by this interpreter, in a home of its own; neither kernels nor settings of the user are looked at.

    The town is smaller and judged on fewer rounds than as it is kept, in a fraction of the time.
    """
    folder = tmp_path_factory.mktemp("notebook")
    home = folder / "home"
    home.mkdir()
    write_kernel_spec(folder / "kernels" / "sagak")
    manager = AsyncKernelManager(
        kernel_name="sagak",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder / "kernels")]),
        connection_file=str(folder / "kernel.json"),
    )
    (home / "policy.toml").write_text(QUICK, encoding="utf-8")
    book = book_of(NOTEBOOK)
    (made,) = (cell for cell in book.cells if KEPT in cell.source)
    made.source = made.source.replace(KEPT, f"households={HOUSEHOLDS:_}")
    client = NotebookClient(book, km=manager, timeout=300, resources={"metadata": {"path": str(home)}})
    client.execute(cleanup_kc=True, env=environment(home, IPYTHONDIR=str(folder / "ipython")))
    return Executed(book, settings_of(home))


def test_it_is_kept_without_outputs() -> None:
    cells = code_of(book_of(NOTEBOOK))
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count is not None] == []


def test_explanations_are_korean_and_comments_are_not() -> None:
    book = book_of(NOTEBOOK)
    assert [cell.id for cell in book.cells if cell.cell_type == "markdown" and not HANGUL.search(cell.source)] == []
    comments = [
        token.string
        for cell in code_of(book)
        for token in tokenize.generate_tokens(StringIO(cell.source).readline)
        if token.type == tokenize.COMMENT
    ]
    assert [comment for comment in comments if HANGUL.search(comment)] == []


def test_it_leads_to_two_bundles_and_a_page_that_compares_them(executed: Executed) -> None:
    a, b = executed.bundle("standard-1"), executed.bundle("standard-2")
    assert (a.recipe["is_weighted"], b.recipe["is_weighted"]) == (False, True)
    page = (executed.settings.exports / "compare-standard-1-standard-2.html").read_text(encoding="utf-8")
    assert a.digest in page
    assert b.digest in page


def test_it_says_what_the_bundles_reached(executed: Executed) -> None:
    bundle, texts = executed.bundle("standard-1"), executed.texts()
    assert f"판정 {bundle.metrics['test']['judged']:,}건" in texts
    for found in ("이 모형", "모형 A", "모형 B", "로지스틱 회귀", "적용 기준", "기여가 서로 같습니다", "이상 없음"):
        assert found in texts


def test_every_plot_is_there(executed: Executed) -> None:
    assert {cell for cell, output in executed.outputs() if "image/png" in output.get("data", {})} == PLOTS


def test_nothing_is_warned_of_not_even_a_letter_that_a_font_lacks(executed: Executed) -> None:
    assert [(cell, output.text) for cell, output in executed.outputs() if output.output_type == "stream"] == []


def test_no_household_is_in_any_output(executed: Executed) -> None:
    delivered = executed.settings.raw.glob("*/households*.parquet")
    taken_in = executed.settings.core.glob("*/households/*.parquet")
    ids = {name for path in (*delivered, *taken_in) for name in pl.read_parquet(path)["household_id"]}
    texts = executed.texts()
    assert len(ids) == 2 * HOUSEHOLDS
    assert sum(name in texts for name in ids) == 0
