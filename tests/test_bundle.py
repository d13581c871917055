"""The bundle for a room without network: its wheels are whole, for this machine, and enough."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import build_bundle as tool
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "http://127.0.0.1:9/simple"  # nothing listens there


def make_wheel(folder: Path, name: str, version: str, needs: str = "") -> None:
    """A wheel with one module `name`, as pip expects it."""
    info = f"{name}-{version}.dist-info"
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def cut_off() -> dict[str, str]:
    """An environment in which pip reaches no index and knows no other folder of wheels."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
    offline = dict.fromkeys(("PIP_NO_INDEX", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"), "1")
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    return kept | offline | proxies | {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOWHERE}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels in the place of an index: `outer` needs `inner`, and the lock says which."""
    folder = tmp_path / "shop"
    folder.mkdir()
    make_wheel(folder, "outer", "1.0", needs="inner>=1")
    make_wheel(folder, "inner", "1.5")
    make_wheel(folder, "inner", "2.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    (tmp_path / "wanted.txt").write_text("outer>=1\n")
    (tmp_path / "lock.txt").write_text("inner==1.5\n")
    return tmp_path


def test_the_locked_wheels_and_what_they_need_are_enough_to_install_from(shop: Path) -> None:
    wheels = shop / "bundle" / "wheels"
    assert tool.collect_wheels([shop / "wanted.txt"], shop / "lock.txt", wheels) == 2
    (shop / "shop").rename(shop / "gone")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--target", str(shop / "fresh")]
    subprocess.run(
        [*install, "--find-links", str(wheels), "-r", str(shop / "wanted.txt"), "-c", str(shop / "lock.txt")],
        check=True,
        env=cut_off(),
    )
    show = [sys.executable, "-c", "import outer, inner; print(inner.VERSION)"]
    found = subprocess.run(show, capture_output=True, env={"PYTHONPATH": str(shop / "fresh")})
    assert found.stdout.split() == [b"1.5"]


def test_what_cannot_be_had_is_one_line(shop: Path) -> None:
    (shop / "lock.txt").write_text("inner==9\n")
    with pytest.raises(SystemExit, match=r"^pip could not gather the wheels: ERROR.*$"):
        tool.collect_wheels([shop / "wanted.txt"], shop / "lock.txt", shop / "wheels")


def test_wheels_for_another_python_are_refused_with_a_way_out(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    assert tool.misfit(wheels) is None
    (wheels / tool.RECORD).write_text(json.dumps(tool.this_machine()))
    assert tool.misfit(wheels) is None
    (wheels / tool.RECORD).write_text(json.dumps(tool.this_machine() | {"python": "CPython 3.99"}))
    assert "CPython 3.99" in tool.misfit(wheels) and "delete wheels/" in tool.misfit(wheels)


def test_setup_takes_a_folder_of_wheels_and_asks_no_index(tmp_path: Path) -> None:
    """What `make setup` would do, without and with wheels/ beside the Makefile."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "constraints.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())

    def steps() -> list[str]:
        done = subprocess.run(
            ["make", "-n", "setup"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return [line for line in done.stdout.splitlines() if "pip install" in line]

    assert len(steps()) == 2 and not any("--no-index" in line for line in steps())
    (tmp_path / "wheels").mkdir()
    assert all("--no-index --find-links wheels" in line for line in steps())


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_workbook_runs_from_a_bundle_with_no_index_in_reach(tmp_path: Path) -> None:
    """The real thing: a gigabyte of wheels, a fresh environment, and the whole walk through the notebooks."""
    bundle = tool.build(tmp_path)
    with (tmp_path / "run.txt").open("w") as log:
        done = subprocess.run(
            ["make", f"PYTHON={sys.executable}", "run"], cwd=bundle, env=cut_off(), stdout=log, stderr=log
        )
    assert done.returncode == 0, (tmp_path / "run.txt").read_text()[-2000:]
    assert json.loads((bundle / "build" / "report.json").read_text()).keys() == {"tldr", "math"}
