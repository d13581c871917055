# %% [markdown]
# # Extra · Train SmolLM-135M on real data
#
# At the end you have a record of one honest training of a real model: before against after, ready to be
# contributed to the workbook.
#
# **You will…**
# - train SmolLM-135M-Instruct with the recipe's settings on the real data set of a task;
# - measure it before and after, on 200 held-out prompts;
# - pack the record in a zip that `python -m helpers report --add` takes.
#
# **Minutes:** not measured yet; expect hours · **Hardware:** one GPU with 16 GB, such as Colab's T4.
#
# On Colab: choose *Runtime*, *Change runtime type*, *T4 GPU*, then *Runtime*, *Run all*. The last cell
# downloads the zip.

# %% [markdown]
# ## The settings
#
# `SOURCE = "hub"` is the real data: mlabonne/smoltldr for `tldr`, AI-MO/NuminaMath-TIR for `math`. The recipe
# says three epochs, which takes most of a day; `STEPS` ends it earlier, and the record says so.
#
# `KEEP_IN` is the folder of the run. None is this machine, which Colab may take away with all that is on it.
# `"/content/drive/MyDrive/grpo-workbook"` is your Drive (you are asked for permission): there a run outlives
# its machine, and *Run all* on a new one goes on from the last checkpoint.

# %%
TASK, MODEL, SOURCE = "tldr", "smollm-135m", "hub"
SEED, STEPS = 0, 300
PROMPTS, SAMPLES = 200, 8  # of the test split, and completions of each
NEED_GPU, KEEP_IN = True, None

# %% [markdown]
# What is here to train on? The options below leave a step what it is, and fit it into the GPU's memory.

# %%
import torch

from helpers.hardware import hardware_options
from helpers.models import compute_dtype

gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
assert gpu or not NEED_GPU, "no GPU here: on Colab choose Runtime, Change runtime type, T4 GPU; then Run all"
options = hardware_options(TASK, MODEL)
print(f"{gpu or 'no GPU'}, computing in {compute_dtype()}; {options}")

# %% [markdown]
# ## Train
#
# A lost connection may cost you the whole machine. While the machine lives, or with the run in your Drive,
# running this cell again goes on from the last checkpoint.

# %%
import sys
from pathlib import Path

from helpers import runs
from helpers.training import train
from helpers.widgets.live import live_view

if str(KEEP_IN).startswith("/content/drive") and "google.colab" in sys.modules:
    sys.modules["google.colab"].drive.mount("/content/drive")
place = Path(KEEP_IN or runs.OWN) / f"real-{TASK}-seed{SEED}"
run = train(
    TASK, MODEL, source=SOURCE, steps=STEPS, seed=SEED, out=place, resume=True, watch=live_view(), **options
)

# %%
from helpers.plots import show, training_curve

curve = [{name: row[name] for name in ("step", "reward", "length")} for row in run.curve]
show(
    training_curve(curve, {"reward": "reward", "length": "length (tokens)"}),
    "Mean reward and mean length of the completions at each training step.",
)

# %% [markdown]
# ## Before against after
#
# The same held-out prompts for both. Where the interval holds zero, the table says *inconclusive*, and so
# shall you.

# %%
from helpers.evaluation import evaluate
from helpers.ledger.report import lines

if "test" not in run.record.get("evaluation", {}):
    evaluate(run, n=PROMPTS, num_samples=SAMPLES)
print("\n".join(lines(run.record["evaluation"]["test"])))

# %% [markdown]
# Read some of it, too. A table does not show nonsense.

# %%
from helpers.evaluation import example_eval

examples = example_eval(run, n=3)

# %% [markdown]
# ## Pack the record
#
# The record, its curve, the scores of each prompt and fifty pairs of completions: no weights, and nothing of
# your machine but the names of processor and GPU. What would be refused later is refused here.

# %%
from helpers.ledger.packing import pack

packed = pack([run], f"{run.path.name}.zip")
print(f"{packed}: {packed.stat().st_size / 1000:.0f} kB")
if "google.colab" in sys.modules:
    sys.modules["google.colab"].files.download(str(packed))

# %% [markdown]
# ## Contribute it
#
# In a checkout of the workbook, with the zip beside you:
#
# ```
# python -m helpers report --add real-tldr-seed0.zip --fill
# ```
#
# That takes the record into `data/runs` and fills the tables of the README; look at them, and open a pull
# request. Then the same with `SEED = 1` and `TASK = "math"`: one seed says nothing of others.
