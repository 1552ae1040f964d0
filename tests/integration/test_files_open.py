"""Files of a full list, opened by the programs of an office where they are installed."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest
from hwpx import HwpxDocument

from domain.calendar import SEOUL
from serving.files.naming import FileKind
from serving.files.sheet import Sheet
from serving.files.writing import write
from tests.support.sheets import sheet

PROJECT = Path(__file__).parents[2]


def full_list(rows: int) -> Sheet:
    return sheet(
        *(
            (
                n,
                f"{n:010d}",
                "김○○",
                f"010-1234-{n:04d}",
                date(2026, 11, 6),
                "=1+1\n건강보험료를 5개월째 내지 못했습니다.",
            )
            for n in range(1, rows + 1)
        )
    )


@pytest.mark.parametrize("kind", [FileKind.XLSX, FileKind.CSV, FileKind.PDF])
def test_five_hundred_rows_are_written(kind: FileKind) -> None:
    assert len(write(full_list(500), kind)) > 10_000


def test_five_hundred_rows_are_a_sound_document_for_hangul() -> None:
    document = HwpxDocument.open(write(full_list(500), FileKind.HWPX))
    assert len(document.tables.all[0].rows) == 501
    assert document.validate().ok


def test_no_font_and_no_address_of_the_machine_is_asked_for(tmp_path: Path) -> None:
    """The same bytes without a home, a cache, fonts or a way out."""
    before = write(full_list(5), FileKind.PDF)
    script = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no way out')\n"
        "socket.socket.connect = refuse\n"
        "from serving.files.naming import FileKind\n"
        "from serving.files.writing import write\n"
        "from tests.integration.test_files_open import full_list\n"
        "sys.stdout.buffer.write(write(full_list(5), FileKind.PDF))\n"
    )
    environment = {"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(PROJECT)}
    made = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, check=True
    )
    assert made.stdout == before


@pytest.mark.parametrize("kind", FileKind)
def test_a_file_is_written_at_any_moment_of_a_true_clock(kind: FileKind) -> None:
    assert write(sheet(printed_at=datetime(2026, 11, 23, 2, 41, 39, 198766, tzinfo=SEOUL)), kind)


@pytest.mark.parametrize("kind", FileKind)
def test_many_people_at_once_each_get_their_own_file(kind: FileKind) -> None:
    lists = [full_list(rows) for rows in range(1, 7)]
    with ThreadPoolExecutor(6) as people:
        written = list(people.map(lambda one: write(one, kind), lists))
    assert written == [write(one, kind) for one in lists]


@pytest.mark.parametrize("kind", [FileKind.XLSX, FileKind.CSV])
def test_an_office_program_opens_the_list_and_runs_nothing_in_it(kind: FileKind, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here: that it opens the files was not tried")
    (tmp_path / f"list.{kind}").write_bytes(write(full_list(3), kind))
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        home,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
        "out",
    ]
    subprocess.run([*command, f"list.{kind}"], cwd=tmp_path, capture_output=True, check=True, timeout=120)
    text = (tmp_path / "out" / "list.csv").read_text(encoding="utf-8-sig")
    assert text.count("=1+1") == 3
    assert "0000000002" in text or kind is FileKind.CSV
