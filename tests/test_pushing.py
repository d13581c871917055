"""push: the model and its card arrive, and nothing else; every refusal is one line that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pretend_hub import Hub

from helpers.after.merging import merge
from helpers.after.pushing import push
from helpers.errors import WorkbookError
from helpers.runs import SHIPPED, load_run

TOKEN = "hf_nobodys_token"


@pytest.fixture(scope="module")
def merged_run(tmp_path_factory):
    """The reader's own run, merged, with things in it that are nobody's business."""
    folder = tmp_path_factory.mktemp("own") / "mine"
    shutil.copytree(SHIPPED / "math-tiny-seed0", folder)
    run = load_run(folder)
    merged = merge(run)
    (merged / "notes.txt").write_text("secret")
    (merged / "optimizer.pt").write_text("large")
    (merged / "deeper").mkdir()
    (merged / "deeper" / "model.safetensors").write_text("other")
    return run


@pytest.fixture
def hub(monkeypatch):
    """A hub of our own, online, and no token of whoever runs the tests."""
    from huggingface_hub import constants

    served = Hub()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", served.url)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # its protocol is not played here
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", "/nowhere/token")
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield served
    served.shutdown()
    served.server_close()


def test_the_merged_model_and_its_card_arrive_privately_and_nothing_else(merged_run, hub):
    from huggingface_hub import ModelCard

    assert push(merged_run, "me/sums", token=TOKEN) == f"{hub.url}/me/sums"
    repo = hub.repos["me/sums"]
    assert repo["private"] and hub.tokens == {f"Bearer {TOKEN}"}
    merged = merged_run.path / "merged"
    assert set(repo["files"]) == {
        "README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
        "tokenizer_config.json", "chat_template.jinja",
    }  # fmt: skip
    for name in set(repo["files"]) - {"README.md"}:
        assert repo["files"][name] == (merged / name).read_bytes(), name
    card = ModelCard(repo["files"]["README.md"].decode())
    assert card.data.license == "mit" and "# sums" in card.text and '"me/sums"' in card.text
    assert str(merged_run.path).encode() not in b"".join(repo["files"].values())


def test_what_arrives_is_a_model(merged_run, hub, tmp_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    push(merged_run, "me/sums", token=TOKEN, private=False)
    assert not hub.repos["me/sums"]["private"]
    for name, content in hub.repos["me/sums"]["files"].items():
        (tmp_path / name).write_bytes(content)
    assert AutoModelForCausalLM.from_pretrained(tmp_path).num_parameters() == 1_115_264
    assert AutoTokenizer.from_pretrained(tmp_path).chat_template


def test_a_second_push_needs_to_be_meant(merged_run, hub):
    push(merged_run, "me/sums", token=TOKEN)
    with pytest.raises(WorkbookError, match=r"HTTP 409\): it is there already: .*--update"):
        push(merged_run, "me/sums", token=TOKEN)
    assert push(merged_run, "me/sums", token=TOKEN, update=True).endswith("me/sums")


def test_a_card_edited_by_hand_goes_as_it_is(merged_run, hub, tmp_path):
    shutil.copytree(merged_run.path, tmp_path / "mine")
    run = load_run(tmp_path / "mine")
    card = run.path / "merged" / "README.md"
    card.write_text(card.read_text() + "\nMy own words.\n")
    push(run, "me/sums", token=TOKEN)
    assert hub.repos["me/sums"]["files"]["README.md"] == card.read_bytes()


@pytest.mark.parametrize(
    ("status", "fix"),
    [(401, "the token is not valid"), (403, "may not write"), (404, "no such owner"), (429, "slow down"),
     (400, "Bad request|hub's own reason")],
)  # fmt: skip
def test_a_refusal_is_one_line_without_the_token(merged_run, hub, status, fix):
    hub.refuse["/api/repos/create"] = status
    with pytest.raises(WorkbookError, match=rf"refuses 'me/sums' \(HTTP {status}\): .*({fix})") as caught:
        push(merged_run, "me/sums", token=TOKEN)
    assert "\n" not in str(caught.value) and TOKEN not in str(caught.value)
    assert hub.repos == {}


def test_a_refusal_while_uploading_is_one_line_too(merged_run, hub):
    hub.refuse["/api/models/me/sums/preupload"] = 403
    with pytest.raises(WorkbookError, match="HTTP 403.*may not write"):
        push(merged_run, "me/sums", token=TOKEN)


def test_without_token_network_or_a_proper_name_nothing_is_sent(merged_run, hub, monkeypatch):
    from huggingface_hub import constants

    with pytest.raises(WorkbookError, match="no token .*hf auth login"):
        push(merged_run, "me/sums")
    names = {"sums": "has no owner", "me/su ms": "no name for the hub", "a/b/c": "no name for the hub"}
    for name, fix in names.items():
        with pytest.raises(WorkbookError, match=fix):
            push(merged_run, name, token=TOKEN)
    with pytest.raises(WorkbookError, match="'merged' or 'adapter'"):
        push(merged_run, "me/sums", what="data", token=TOKEN)
    with pytest.raises(WorkbookError, match="not on the hub, and an adapter is of no use"):
        push(merged_run, "me/sums", what="adapter", token=TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WorkbookError, match="HF_HUB_OFFLINE is set"):
        push(merged_run, "me/sums", token=TOKEN)
    assert hub.calls == []


def test_a_hub_that_is_not_there_is_one_line(merged_run, hub, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WorkbookError, match="cannot reach the hub .*check the network"):
        push(merged_run, "me/sums", token=TOKEN)


def of_hub_model(merged_run, folder: Path, name: str):
    shutil.copytree(merged_run.path, folder / "mine", ignore=shutil.ignore_patterns("merged"))
    run = load_run(folder / "mine")
    run.add(model={"name": name.split("/")[1].lower(), "path": name, "revision": None})
    return run


def test_an_adapter_goes_alone_with_base_model_and_tokenizer_named(merged_run, hub, tmp_path, monkeypatch):
    """The base model is a stand-in's name; only its tokenizer is asked for, and that is the tiny model's."""
    import json

    from helpers.after import pushing
    from helpers.models import TINY, load_tokenizer

    run = of_hub_model(merged_run, tmp_path, "HuggingFaceTB/SmolLM-135M-Instruct")
    monkeypatch.setattr(pushing, "load_tokenizer", lambda spec: load_tokenizer(TINY))
    push(run, "me/smol-sums", what="adapter", token=TOKEN)
    files = hub.repos["me/smol-sums"]["files"]
    assert {"README.md", "adapter_config.json", "adapter_model.safetensors", "tokenizer.json"} <= set(files)
    assert not {"model.safetensors", "config.json", "run.json"} & set(files)
    config = json.loads(files["adapter_config.json"])
    assert config["base_model_name_or_path"] == "HuggingFaceTB/SmolLM-135M-Instruct"
    assert files["adapter_model.safetensors"] == (run.adapter / "adapter_model.safetensors").read_bytes()
    assert b"base_model: HuggingFaceTB/SmolLM-135M-Instruct" in files["README.md"]


def test_the_llama_licence_wants_its_name_in_front(merged_run, hub, tmp_path):
    run = of_hub_model(merged_run, tmp_path, "meta-llama/Llama-3.2-1B-Instruct")
    with pytest.raises(WorkbookError, match="try me/Llama-sums"):
        push(run, "me/sums", token=TOKEN)
    assert hub.calls == []


def test_push_by_hand(merged_run, hub, root):
    there = {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
    env = {**os.environ, **there, "HF_TOKEN": TOKEN}
    words = [sys.executable, "-m", "helpers", "push", str(merged_run.path), "me/by-hand"]
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"pushed to {hub.url}/me/by-hand (private)" and done.stderr == ""
    again = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, timeout=300)
    assert again.returncode == 2 and again.stderr.startswith("error: the hub refuses")
    assert TOKEN not in again.stderr and len(again.stderr.splitlines()) == 1
