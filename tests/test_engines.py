"""Several GPUs, vLLM and continuous batching, as far as a machine without a GPU can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils.launch import prepare_multi_gpu_env
from packaging.requirements import Requirement

from helpers.errors import WorkbookError
from helpers.trainer.engines import engine
from helpers.trainer.faster import FasterTrainer, plainly_sampled
from helpers.training import train

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted((ROOT / "configs" / "accelerate").glob("*.yaml"))


def test_the_configs_are_those_that_the_readme_names():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.stem for path in CONFIGS] == ["fsdp2", "multi_gpu", "zero2", "zero3"]
    assert all(f"`{path.stem}`" in readme for path in CONFIGS)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_accelerate_knows_every_word_of_a_config(path: Path) -> None:
    config = load_config_from_file(str(path))  # raises for a word that it does not know
    kind = {"multi_gpu": "MULTI_GPU", "fsdp2": "FSDP", "zero2": "DEEPSPEED", "zero3": "DEEPSPEED"}
    assert config.distributed_type.value == kind[path.stem] and config.num_processes == 2
    known = vars(launch_command_parser().parse_args(["x.py"]))
    inner = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in {**inner.get("fsdp_config", {}), **inner.get("deepspeed_config", {})}:
        assert name in known, f"{path.name}: accelerate has no {name}"


def environment(path: Path, *words: str) -> dict[str, str]:
    """What `accelerate launch --config_file PATH` would tell each process."""
    args = launch_command_parser().parse_args(["--config_file", str(path), *words, "-m", "helpers", "train"])
    return prepare_multi_gpu_env(_validate_launch_command(args)[0])


def test_fsdp2_is_really_version_2_and_splits_the_weights(monkeypatch) -> None:
    from accelerate import FullyShardedDataParallelPlugin

    for name, value in environment(ROOT / "configs/accelerate/fsdp2.yaml").items():
        if name.startswith(("FSDP", "ACCELERATE_USE_FSDP")):
            monkeypatch.setenv(name, value)
    plugin = FullyShardedDataParallelPlugin()
    assert plugin.fsdp_version == 2 and plugin.reshard_after_forward is True
    assert "FULL" in str(plugin.state_dict_type) and plugin.cpu_ram_efficient_loading is False


@pytest.mark.parametrize("stage", [2, 3])
def test_zero_says_its_stage_and_more_gpus_are_one_word(stage: int) -> None:
    path = ROOT / f"configs/accelerate/zero{stage}.yaml"
    args = launch_command_parser().parse_args(
        ["--config_file", str(path), "--num_processes", "8", "-m", "helpers", "train"]
    )
    args = _validate_launch_command(args)[0]
    assert args.use_deepspeed and str(args.zero_stage) == str(stage) and args.num_processes == 8


# --- who draws the completions ------------------------------------------------------------------------


def test_without_vllm_one_line_says_so_before_anything_is_loaded(monkeypatch) -> None:
    monkeypatch.setattr("helpers.training.load_tokenizer", lambda spec: pytest.fail("too late"))
    with pytest.raises(WorkbookError, match=r"not installed: .*requirements-vllm\.txt"):
        train("math", "tiny", steps=1, use_vllm=True)


@pytest.fixture
def with_vllm(monkeypatch) -> None:
    monkeypatch.setattr("helpers.trainer.engines.find_spec", lambda name: object())


@pytest.mark.usefixtures("with_vllm")
@pytest.mark.parametrize(
    "options, words",
    [
        ({"use_vllm": True, "use_cpu": True}, "needs an NVIDIA GPU"),
        ({"use_vllm": True, "vllm_mode": "somewhere"}, "unknown vllm_mode 'somewhere': .*colocate, server"),
        ({"use_vllm": True, "use_transformers_continuous_batching": True}, "choose one"),
    ],
)
def test_what_vllm_cannot_do_is_said(options, words) -> None:
    with pytest.raises(WorkbookError, match=words):
        engine(options)


@pytest.mark.usefixtures("with_vllm")
def test_the_modes_are_named() -> None:
    assert "on the GPU that trains" in engine({"use_vllm": True, "use_cpu": False})
    server = {"use_vllm": True, "vllm_mode": "server", "vllm_server_port": 8001}
    assert "server at 0.0.0.0:8001" in engine(server)
    assert engine({}) == "" and "slower" not in engine({"use_transformers_continuous_batching": True})


@pytest.mark.usefixtures("with_vllm")
@pytest.mark.parametrize("mode", ["colocate", "server"])
def test_vllm_options_reach_trl_unchanged(monkeypatch, tmp_path, mode) -> None:
    """A GPU is pretended; TRL's trainer is stopped where it would start vLLM, and shows its settings."""
    seen = {}

    class Stop(Exception): ...

    def stop(self, *, args, **rest):
        seen.update(use_vllm=args.use_vllm, mode=args.vllm_mode, share=args.vllm_gpu_memory_utilization)
        raise Stop

    monkeypatch.setattr(
        "helpers.trainer.settings.precision",
        lambda options: {"use_cpu": False, "bf16": False, "fp16": False, "gradient_checkpointing": False},
    )
    monkeypatch.setattr("helpers.training.RecordingTrainer.__init__", stop)
    with pytest.raises(Stop):
        options = {"use_vllm": True, "vllm_mode": mode, "vllm_gpu_memory_utilization": 0.2}
        train("math", "tiny", steps=1, out=tmp_path / "run", **options)
    assert seen == {"use_vllm": True, "mode": mode, "share": 0.2}


def test_the_faster_sampler_steps_aside_for_continuous_batching(tmp_path, monkeypatch, capsys) -> None:
    """Nothing of ours draws then: TRL's own way is entered, and the reader is told that it is slow here."""

    class Stop(Exception): ...

    def trls(self, prompt_ids, *rest, **options):
        assert self.lean and not plainly_sampled(self)
        raise Stop

    monkeypatch.setattr(FasterTrainer.__mro__[1], "_generate_single_turn", trls)
    with pytest.raises(Stop):
        train("math", "tiny", steps=1, out=tmp_path / "run", use_transformers_continuous_batching=True)
    assert "many times slower on a processor" in capsys.readouterr().out


# --- the lock -----------------------------------------------------------------------------------------


def pinned(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", one.name).lower(): str(one.specifier) for one in found}


def test_the_vllm_lock_is_the_lock_but_for_what_vllm_holds_back() -> None:
    lock, gpu = pinned("constraints.txt"), pinned("constraints-vllm.txt")
    assert {name for name in lock if name in gpu and gpu[name] != lock[name]} <= {"lark", "numpy"}
    for name in ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "wandb"):
        assert gpu[name] == lock[name]
    wanted = pinned("requirements-vllm.txt")["vllm"]
    assert Requirement(f"vllm{wanted}").specifier.contains(gpu["vllm"].removeprefix("=="))
    assert all(re.fullmatch(r"==[\w.]+", version) for version in gpu.values())
    assert "requirements-vllm.txt -c constraints-vllm.txt" in (ROOT / "README.md").read_text(encoding="utf-8")
