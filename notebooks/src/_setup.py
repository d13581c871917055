# Set-up, the same in every notebook: find the workbook or fetch it, install what is missing. No restart.
import importlib, importlib.util, os, shutil, subprocess, sys
from pathlib import Path

address = os.environ.get("GRPO_WORKBOOK_REPO", "@REPOSITORY@")
found = importlib.util.find_spec("helpers")
starts = [found and found.origin, "here", globals().get("__vsc_ipynb_file__"), "grpo-workbook/here"]
folders = [folder for start in starts if start for folder in Path(start).absolute().parents]
roots = [folder for folder in folders if (folder / "helpers" / "rewards.py").exists()]
if not roots:
    assert shutil.which("git"), f"git is missing: install it, or download {address} and unpack it here."
    print("Fetching the workbook into ./grpo-workbook …")
    clone = subprocess.run(["git", "clone", "-q", "--depth", "1", address, "grpo-workbook"])
    assert clone.returncode == 0, f"git could not fetch {address}: are you online?"
    roots = [Path("grpo-workbook").absolute()]
if not Path(getattr(sys.modules.get("helpers"), "__file__", None) or "none").is_relative_to(roots[0]):
    sys.modules.pop("helpers", None)  # some other package of that name
sys.path.insert(0, str(roots[0]))
importlib.import_module("helpers.ready").get_ready(roots[0])
