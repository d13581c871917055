"""The hub as a new user meets it: each refusal is one line with its way out, said by the real loading code.

A server of ours plays the hub (fake_hub.py); the loaders run in a child process, as the libraries read their
settings from the environment when they are imported.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_hub import COMMIT, Repo, fake_hub

from helpers.errors import WorkbookError
from helpers.hub import explained

CHILD = """
import json, sys, time
from helpers.ready import calm
calm()
wait = time.sleep
time.sleep = lambda seconds: wait(min(seconds, 0.02))  # the library tries again after up to 8 s, five times
from helpers.errors import WorkbookError
from helpers.models import load_model, load_tokenizer
from helpers.tasks import TASKS
said = {}
for name in json.loads(sys.argv[1]):
    try:
        if name in TASKS:
            TASKS[name].load("train", "hub")
        else:
            load_tokenizer(name), load_model(name)
        said[name] = "loaded"
    except WorkbookError as error:
        said[name] = str(error)
    except BaseException as error:
        said[name] = f"TRACEBACK {error!r}"
print(json.dumps(said))
"""
PRIVATE = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_HUB_CACHE")


def told(root: Path, home: Path, names: list[str], **setting: str) -> dict[str, str]:
    """What loading each of these says, in a process whose HF_HOME is `home`."""
    clean = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    env = {**clean, "HF_HOME": str(home), "HF_HUB_ETAG_TIMEOUT": "2", "HF_HUB_DISABLE_XET": "1", **setting}
    command = [sys.executable, "-c", CHILD, json.dumps(names)]
    done = subprocess.run(
        command, cwd=root, env=env, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert all("\n" not in line for line in found.values())
    return found


@pytest.fixture(scope="module")
def variants(tmp_path_factory, random_model) -> dict[str, Repo]:
    """A whole repository, and what can be wrong with one."""
    top = tmp_path_factory.mktemp("variants")

    def changed(name, change) -> Repo:
        folder = top / name
        shutil.copytree(random_model, folder)
        change(folder)
        return Repo(folder)

    def no_weights(folder):
        (folder / "model.safetensors").unlink()

    def pickled(folder):
        no_weights(folder)
        (folder / "pytorch_model.bin").write_bytes(b"\x80\x02}q\x00.")

    def damaged(folder):
        path = folder / "model.safetensors"
        path.write_bytes(b"\xff" * 64 + path.read_bytes()[64:])

    def cut_short(folder):
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def foreign_code(folder):
        config = json.loads((folder / "config.json").read_text())
        config |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine"}}
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "mine.py").write_text("raise SystemExit('the code of a repository was run')")

    def half_tokenizer(folder):
        path = folder / "tokenizer.json"
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def fewer_layers(folder):
        config = json.loads((folder / "config.json").read_text())
        config["num_hidden_layers"] += 1
        config.pop("layer_types", None)
        (folder / "config.json").write_text(json.dumps(config))

    def no_shard(folder):
        no_weights(folder)
        index = {"metadata": {}, "weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    return {
        "me/whole": Repo(random_model),
        "me/gated": Repo(random_model, token="secret"),
        "me/busy": Repo(status=429),
        "me/broken": Repo(status=500),
        **{
            f"me/{change.__name__}": changed(change.__name__, change)
            for change in (no_weights, pickled, damaged, cut_short, foreign_code, half_tokenizer)
        },
        "me/fewer_layers": changed("fewer_layers", fewer_layers),
        "me/no_shard": changed("no_shard", no_shard),
    }


ONLINE = {
    "me/nobody": r"hub has none of this name, or it is private: check the spelling.*hf auth login.*'tiny'",
    "me/gated": r"gated, and you are not logged in: accept its licence on \S+/me/gated, then .*hf auth login",
    "me/busy": r"hub answers 429, too many requests: wait a few minutes",
    "me/broken": r"hub answers 500: try again later",
    "me/whole@v9": r"no revision 'v9': take one that \S+/me/whole/commits names",
    "me/no_weights": r"not whole.*hf cache rm model/me/no_weights",
    "me/pickled": r"no safetensors but a pickle.*choose a repository that has model.safetensors",
    "me/damaged": r"damaged.*hf cache rm model/me/damaged",
    "me/cut_short": r"damaged.*hf cache rm model/me/cut_short",
    "me/foreign_code": r"code of its own, which the workbook never runs: choose a model",
    "me/half_tokenizer": r"(damaged|not whole).*hf cache rm model/me/half_tokenizer",
    "me/fewer_layers": r"not whole \(\d+ of its weights are missing.*hf cache rm model/me/fewer_layers",
    "me/no_shard": r"not whole.*hf cache rm model/me/no_shard",
}


@pytest.fixture(scope="module")
def online(root, variants, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The cache that loading everything without a token leaves, and what each was told."""
    home = tmp_path_factory.mktemp("home")
    with fake_hub(variants) as address:
        names = [*ONLINE, "me/whole", f"me/whole@{COMMIT}", "math"]
        return home, told(root, home, names, HF_ENDPOINT=address)


@pytest.mark.parametrize("name", ONLINE)
def test_what_the_hub_refuses_and_what_is_broken_there(online, name):
    line = online[1][name]
    assert line.startswith(f"cannot load model {name.split('@')[0]!r}: ")
    assert re.search(ONLINE[name], line), line


def test_a_whole_model_loads_from_the_hub_also_pinned(online, variants):
    assert online[1]["me/whole"] == online[1][f"me/whole@{COMMIT}"] == "loaded"
    assert any(f"/resolve/{COMMIT}/" in line for line in variants["me/whole"].asked)


def test_a_data_set_that_is_not_there_is_one_line(online):
    assert "data set 'AI-MO/NuminaMath-TIR'" in online[1]["math"]
    assert 'source="sample"' in online[1]["math"] and "TRACEBACK" not in online[1]["math"]


def test_a_token_with_access_one_without_and_one_that_is_not_valid(root, variants, random_model, tmp_path):
    strict = Repo(status=401, message="Invalid credentials in Authorization header")
    repos = variants | {"me/strict": strict, "me/granted": Repo(random_model, token="hf_other")}
    with fake_hub(repos) as address:
        names = ["me/gated", "me/strict", "me/granted"]
        said = told(root, tmp_path, names, HF_ENDPOINT=address, HF_TOKEN="hf_other")
    assert (
        "your token has no access: accept its licence on https://huggingface.co/me/gated" in said["me/gated"]
    )
    assert "does not accept the token that is set here: run `hf auth login`" in said["me/strict"]
    assert said["me/granted"] == "loaded"


def test_offline_only_what_is_whole_in_the_cache_loads(root, online, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(online[0], home, symlinks=True)
    names = ["me/whole", "me/never_seen", "me/no_weights", "me/whole@v9", "math"]
    said = told(root, home, names, HF_HUB_OFFLINE="1")
    assert said["me/whole"] == "loaded"
    assert "HF_HUB_OFFLINE=1 is set, and it is not in the cache" in said["me/never_seen"]
    assert "`hf download me/never_seen`" in said["me/never_seen"]
    assert "only a part of it is in the cache" in said["me/no_weights"]
    assert "not in the cache" in said["me/whole@v9"]
    assert "`hf download me/whole --revision v9`" in said["me/whole@v9"]
    assert "load it once with a network (HF_HUB_OFFLINE unset)" in said["math"]


def test_a_hub_that_answers_too_slowly_or_stops_half_way(root, random_model, tmp_path):
    slow, stalled = Repo(random_model, waits=2), Repo(random_model, waits=2, stalls="model.safetensors")
    with fake_hub({"me/slow": slow, "me/stalled": stalled}) as address:
        limits = {"HF_HUB_ETAG_TIMEOUT": "1", "HF_HUB_DOWNLOAD_TIMEOUT": "1"}
        said = told(root, tmp_path / "home", ["me/slow", "me/stalled"], HF_ENDPOINT=address, **limits)
    for name, line in said.items():
        assert line.startswith(f"cannot load model {name!r}: the hub is out of reach, and "), line
        assert f"`hf download {name}`" in line


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_without_a_network_the_cache_still_serves(root, online, tmp_path, address):
    home = tmp_path / "home"
    shutil.copytree(online[0], home, symlinks=True)
    said = told(root, home, ["me/whole", "me/never_seen"], HF_ENDPOINT=address)
    assert said["me/whole"] == "loaded"
    assert "the hub is out of reach, and it is not in the cache: once with a network" in said["me/never_seen"]


def test_the_command_line_says_it_in_one_line(root, tmp_path):
    clean = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    command = [sys.executable, "-m", "helpers", "train", "math", "--model", "llama-3.2-1b", "--out"]
    with fake_hub({"meta-llama/Llama-3.2-1B-Instruct": Repo(token="secret")}) as address:
        env = {**clean, "HF_HOME": str(tmp_path / "home"), "HF_ENDPOINT": address}
        done = subprocess.run(
            [*command, str(tmp_path / "run")], cwd=root, env=env, capture_output=True, text=True, timeout=200
        )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "it is gated, and you are not logged in" in done.stderr and "'smollm2-1.7b'" in done.stderr
    assert not (tmp_path / "run").exists()


def test_what_nobody_foresaw_keeps_its_traceback():
    with pytest.raises(TypeError), explained("model 'x'", "a/b"):
        raise TypeError("a mistake of ours")
    with pytest.raises(WorkbookError, match="does not fit into memory.*4bit"), explained("model 'x'", "a/b"):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
    with pytest.raises(WorkbookError, match="No space left.*set HF_HOME"), explained("model 'x'", "a/b"):
        raise OSError(errno.ENOSPC, "No space left on device")
