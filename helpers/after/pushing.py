"""`push(run, "owner/name")`: the merged model, or the adapter alone, and its card to the Hugging Face hub.

Nothing else goes: neither the record nor the completions, checkpoints or data.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from helpers.after.cards import licence_id, local, model_card
from helpers.after.merging import merge, merged_folder, trained_run
from helpers.errors import WorkbookError, one_line
from helpers.files import read_json, write_json, write_text
from helpers.models import load_tokenizer
from helpers.quiet import quiet
from helpers.runs import Run
from helpers.trained import Trained

# What a model folder may send; all else in it stays here.
SENT = (
    "README.md", "config.json", "generation_config.json", "model*.safetensors",
    "model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
    "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "vocab.json", "merges.txt",
    "adapter_config.json", "adapter_model.safetensors",
)  # fmt: skip
WHAT = ("merged", "adapter")
FIXES = {
    401: "the token is not valid: make one with write access in your settings there, then `hf auth login`",
    403: "the token may not write there: it needs write access to this owner's models",
    404: "there is no such owner, or the token may not see it: check the part before the slash",
    409: "it is there already: choose another name, or add to it with update=True (--update)",
    429: "the hub asks you to slow down: try again in a few minutes",
}


def push(
    run: Run | str | Path,
    repo_id: str,
    *,
    what: str = "merged",
    private: bool = True,
    update: bool = False,
    token: str | None = None,
) -> str:
    """Upload a run's model to the hub as `repo_id` ("owner/name"), and return its address.

    what: "merged" (the folder that merge() left, made now if there is none, its README.md as you edited it)
    or "adapter" (the LoRA weights, for a base model that is on the hub).
    private: whether the new repository is. update: into a repository that is there already.
    token: else the one of `hf auth login` or HF_TOKEN.
    Raises WorkbookError, before anything is made or sent, without a token, offline, or for a name that will
    not do; and with the hub's own reason when it refuses.
    """
    if what not in WHAT:
        raise WorkbookError(f"what={what!r} is unknown: choose 'merged' or 'adapter'")
    found = trained_run(run)
    _check(found, repo_id, what)
    token = _token(token)
    with tempfile.TemporaryDirectory() as scratch:
        make = _adapter if what == "adapter" else _merged
        return _upload(make(found, repo_id, Path(scratch)), repo_id, private, update, token)


def _check(found: Trained, repo_id: str, what: str) -> None:
    """Raise WorkbookError for a name or a kind that cannot go."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise WorkbookError(f"{repo_id!r} is no name for the hub ({one_line(error, 120)})") from error
    if repo_id.count("/") != 1:
        raise WorkbookError(f"{repo_id!r} has no owner: write it like 'your-name/model-name'")
    if what == "adapter" and local(found.base):
        raise WorkbookError(
            f"the base model {found.base.path!r} is not on the hub, and an adapter is of no use without it: "
            "push what='merged' (leave out --adapter)"
        )
    if licence_id(found.base) == "llama3.2" and not repo_id.split("/")[1].startswith("Llama"):
        raise WorkbookError(
            f"{repo_id!r}: the Llama licence wants the name of what is made from it to begin with 'Llama': "
            f"try {repo_id.split('/')[0]}/Llama-{repo_id.split('/')[1]}"
        )


def _token(given: str | None) -> str:
    from huggingface_hub import get_token, is_offline_mode

    if is_offline_mode():
        raise WorkbookError("HF_HUB_OFFLINE is set, so nothing can be pushed: unset it, and start anew")
    token = given or get_token()
    if not token:
        raise WorkbookError(
            "no token for the Hugging Face hub: run `hf auth login` once, or set HF_TOKEN (with write access)"
        )
    return token


def _merged(found: Trained, repo_id: str, scratch: Path) -> Path:
    """The merged folder; a card that is as merge() wrote it gets the repository's name."""
    folder = merged_folder(found.run)
    if not folder.is_dir():
        merge(found.run)
    card = (folder / "README.md").read_text(encoding="utf-8")
    named = model_card(found.run, repo_id) if card == model_card(found.run) else card
    copy = scratch / "model"
    copy.mkdir()
    for path in folder.iterdir():
        if path.is_file() and path.name != "README.md":
            (copy / path.name).symlink_to(path.resolve())
    write_text(copy / "README.md", named)
    return copy


def _adapter(found: Trained, repo_id: str, scratch: Path) -> Path:
    """A copy of the adapter with the tokenizer it was trained with, and its card."""
    folder = scratch / "adapter"
    shutil.copytree(found.adapter, folder)
    config = read_json(folder / "adapter_config.json")
    write_json(folder / "adapter_config.json", {**config, "base_model_name_or_path": found.base.path})
    with quiet():
        load_tokenizer(found.base).save_pretrained(folder)
    write_text(folder / "README.md", model_card(found.run, repo_id, adapter=True))
    return folder


def _upload(folder: Path, repo_id: str, private: bool, update: bool, token: str) -> str:
    import httpx
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi(token=token)
    try:
        url = api.create_repo(repo_id, private=private, exist_ok=update)
        api.upload_folder(
            repo_id=repo_id,
            folder_path=folder,
            allow_patterns=list(SENT),
            commit_message="GRPO workbook: model and card",
        )
    except HfHubHTTPError as error:
        raise _refused(repo_id, error) from error
    except (httpx.HTTPError, OSError) as error:
        raise WorkbookError(
            f"cannot reach the hub ({type(error).__name__}: {one_line(error, 100)}): check the network, then "
            "push again with update=True (--update) if the repository was made"
        ) from error
    return str(url)


def _refused(repo_id: str, error: Any) -> WorkbookError:
    """The hub's refusal as one line. The token stands in none of it."""
    status = error.response.status_code
    fix = FIXES.get(status, one_line(error, 160))
    return WorkbookError(f"the hub refuses {repo_id!r} (HTTP {status}): {fix}")
