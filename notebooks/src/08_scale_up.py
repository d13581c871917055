# %% [markdown]
# # 08 · Scale up
#
# At the end you have trained with two processes, and you can say what a run on 1, 8 or 64 GPUs would cost
# before you rent one.
#
# **You will…**
# - see what moves between processes (little) and what stays (much), and start two of them;
# - run the *recipe*, the experiment that this workbook follows: two models, each on two tasks, and the line
#   is the same here and on a GPU;
# - count tokens, operations, bytes and hours on paper, and hold the paper against a recorded measurement.
#
# **Minutes:** 35 · **Hardware:** two processor cores. What only a GPU can show is computed here, and
# called so.

# %% [markdown]
# ## What moves where
#
# GRPO has two halves: **sampling** completions and **training** on them. Over several processes, each does
# both for its own share of the prompts.
#
# **Predict:** of weights, prompts, completions, rewards and gradients: which have to travel at every step?

# %%
from helpers.guesses.scale import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %%
from helpers.pictures.moving import moving
from helpers.plots import show

show(
    moving(2),
    "Two processes, each with a copy of the weights, its share of the prompts, its own completions, their "
    "rewards and its own gradients. Between them travel all rewards and the mean of the gradients; "
    "nothing else.",
)

# %% [markdown]
# | what | moves? | why |
# |---|---|---|
# | weights | no | every process starts from the same and makes the same step |
# | prompts | no | all shuffle with the same seed and take their own part |
# | completions | no | a process trains on what it has sampled itself (a text log apart) |
# | rewards | yes, a number each | a group may lie in two processes; the advantage needs all of it |
# | gradients | yes, one number for each **trained** weight | their mean makes the step |
#
# The dice must differ: with the same seed in every process, all would sample the same luck. TRL adds the
# process's number to the seed.
#
# ## A total that stays
#
# What a step learns from is the **total** number of completions: processes × completions at a time ×
# *accumulation* (several small batches whose gradients are added up before one step). The workbook holds it
# while the processes change, so that a learning rate found with one process stays right with two.

# %%
from helpers.training import fit_batch

for processes in (1, 2, 4):
    print(fit_batch(per_device=32, accumulation=1, num_generations=8, processes=processes).line)

# %%
recipe16 = [fit_batch(4, 4, 8, processes) for processes in (1, 8, 64)]
for batch in recipe16:
    print(batch.line)
assert [batch.total for batch in recipe16] == [16, 16, 64]

# %% [markdown]
# The recipe's 16 completions cannot keep 64 processes busy: the total grows to 64, which is another training.
# More processes ask for more prompts a step, and then the learning rate has to be found again.
#
# ## Two processes, here and now
#
# `accelerate launch` starts the same command several times and tells each copy which one it is.

# %%
import shutil
import subprocess
import sys

from helpers.runs import OWN, ROOT, load_run

place = OWN / "scale"  # apart from the runs that notebook 05 looks for
shutil.rmtree(place, ignore_errors=True)


def launch(processes, steps=6):
    """Train on maths in `processes` processes; the run."""
    out = place / f"processes-{processes}"
    start = ["accelerate.commands.accelerate_cli", "launch", "--num_processes", str(processes)]
    words = ["-m", "helpers", "train", "math", "--steps", str(steps), "--out", str(out)]
    done = subprocess.run([sys.executable, "-m", *start, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout)
    return load_run(out)


# %% tags=["nbval-ignore-output"]
two = launch(2)

# %% tags=["nbval-ignore-output"]
one = launch(1)

# %%
for run, count in ((one, 1), (two, 2)):
    batch = run.record["config"]["per_device_train_batch_size"]
    assert run.finished and run.record["processes"] == count and len(run.curve) == 6
    print(f"{count} process{'es' * (count > 1)}: {count} x {batch} completions a step, one curve of 6 steps")
assert all(0 <= value <= 2 for run in (one, two) for value in run.column("reward"))

# %% [markdown]
# Two folders, one each: the first process writes, whatever the number. The same prompts were drawn in both
# (the tests of the workbook check it, prompt by prompt), with other dice, so the curves are alike and not
# equal.
#
# Was it faster? Not here: two processes share the two cores that one would have used, and with one
# process the workbook's own faster trainer steps in, which steps aside for several. On GPUs each process has
# a GPU of its own.

# %% tags=["nbval-ignore-output"]
for run in (one, two):
    seconds = sorted(run.column("seconds"))[len(run.curve) // 2]
    print(f"{run.record['processes']} process(es): {seconds:.2f} s a step (median)")

# %% [markdown]
# ## The four recipe pairs
#
# SmolLM-135M and Llama-3.2-1B, each on summaries and on maths: one line a pair. On a machine without a GPU
# the same line takes two steps of the tiny model, so that you see it run, and prints what to type where there
# is one.

# %%
import torch

from helpers.training import train

GPU = torch.cuda.is_available()


def recipe(task, model):
    """The pair for real on a GPU; else two steps of the tiny model, and the command for a GPU."""
    chosen = {"source": "hub"} if GPU else {"steps": 2}
    run = train(task, model if GPU else "tiny", out=place / f"{task}-{model}", **chosen)
    print(f"on a GPU: python -m helpers train {task} --model {model} --source hub")
    return run


# %% tags=["nbval-ignore-output"]
runs = [recipe("tldr", "smollm-135m")]

# %% tags=["nbval-ignore-output"]
runs.append(recipe("math", "smollm-135m"))

# %% tags=["nbval-ignore-output"]
runs.append(recipe("tldr", "llama-3.2-1b"))

# %% tags=["nbval-ignore-output"]
runs.append(recipe("math", "llama-3.2-1b"))

# %%
assert [run.finished for run in runs] == [True] * 4
assert GPU or {run.model for run in runs} == {"tiny"}
print("four pairs, each through the same function")

# %% [markdown]
# Several GPUs: put `accelerate launch --config_file configs/accelerate/NAME.yaml` in the place of `python`.
#
# | file | what is split | when |
# |---|---|---|
# | `multi_gpu.yaml` | nothing: each GPU has all | the model fits on one GPU: both models of the recipe do |
# | `zero2.yaml` | gradients and optimizer | full training of a model that nearly fits |
# | `fsdp2.yaml`, `zero3.yaml` | weights as well | the weights alone do not fit |
#
# And two other ways to draw completions: `--option use_vllm=True` (vLLM on the GPU that trains; with
# `--option vllm_mode=server` on another one, where `vllm serve …` runs, as the README spells out), and,
# without vLLM, `--option use_transformers_continuous_batching=True`. Both are made for GPUs.
#
# > **Note:** These files and options are checked as far as a machine without GPUs can: they are parsed,
# > and what they build is what they say. **They have not been run on GPUs by us.**
#
# ## A run on paper
#
# **Predict:** how many tokens does the recipe's run on maths read and write: 6, 60 or 600 million?

# %%
quiz(*GUESSES[2])

# %%
import inspect

from helpers import costs

print(inspect.getsource(costs.flop))

# %%
for task, (prompt, answer) in costs.LENGTHS.items():
    number = costs.completions(task)
    tokens = number * (prompt + answer)
    print(f"{task}: {number:,} completions x ({prompt} + {answer}) tokens = {tokens / 1e6:.0f} million")

# %% [markdown]
# The operations follow from the size: two for each weight and token to sample, two to score, two to go
# back. How many a GPU does in a second **in such a run** is another matter than what its data sheet says:
# small batches and short calls leave most of it idle. One public figure gives the order of magnitude: the
# [Hugging Face course](https://huggingface.co/learn/llm-course/chapter12/5) trains SmolLM-135M on 2,000
# posts, 8 completions each, for one epoch in about an hour on an A10G.

# %%
smollm, llama = costs.SHAPES["smollm-135m"], costs.SHAPES["llama-3.2-1b"]
sizes = {"smollm-135m": costs.parameters(smollm), "llama-3.2-1b": costs.parameters(llama)}
course = 2000 * 8 * costs.flop(sizes["smollm-135m"], sum(costs.LENGTHS["tldr"]))
REACHED = course / 3600 / 1e12
print(f"{course / 1e15:.1f} x 10^15 operations in an hour: {REACHED:.1f} TFLOP/s are reached")
assert 1 < REACHED < 3

# %% [markdown]
# So the formula for hours is *tokens × operations a token ÷ (GPUs × operations a second)*. With that one
# speed for every GPU and model it is **an estimate and no measurement**: larger models and larger batches
# reach more, so change `REACHED` to what yours does.

# %%
print(inspect.getsource(costs.hours))

# %%
print(f"{'':24}{'1 GPU':>10}{'8 GPUs':>10}{'64 GPUs':>10}   hours, estimated")
for model, size in sizes.items():
    for task in costs.LENGTHS:
        taken = [costs.hours(task, size, REACHED, gpus) for gpus in (1, 8, 64)]
        print(f"{model + ', ' + task:24}" + "".join(f"{hours:10.2f}" for hours in taken))

# %% [markdown]
# The last column is where paper is too kind: it counts no GPU as idle. With 64 GPUs and the recipe's 16
# completions a step, 48 would be; and there is the traffic.
#
# ## Bytes on the wire
#
# At every step the gradients go round a ring of n processes, and each sends 2 × (n - 1) / n of them, 4 bytes
# each (exercise 3 shows why). LoRA trains few weights, so little travels. Where the weights lie in slices
# (FSDP2, ZeRO-3), they have to be put together before they are used, again and again: once for every pass
# over the model, and once for **every token that is sampled**, unless they are gathered once before sampling
# begins. For ZeRO-3, TRL does that unless it is told not to. That adds three gatherings, of 2 bytes a weight:
# to sample, to compute the loss, and to go back.

# %%
for model, shape in costs.SHAPES.items():
    trained, size = costs.lora_parameters(shape), sizes[model]
    print(f"{model}: {size:,} weights, LoRA trains {trained:,} ({trained / size:.1%})")
    for gpus in (8, 64):
        lora, full = (costs.averaged_bytes(number, gpus) / 1e6 for number in (trained, size))
        split = costs.gathered_bytes(size * 2, gpus, 3) / 1e6
        told = f"LoRA {lora:,.0f}, full {full:,.0f}; sliced weights add {split:,.0f}"
        print(f"  {gpus:2} GPUs, MB a step: {told}")

# %% [markdown]
# ## Memory: what fits
#
# **Predict:** in which order do these need memory for Llama-3.2-1B: the weights in 16 bits (bf16), the
# trained adapters, the cache of 16 completions (what sampling keeps of each token read so far), their logits
# (the model's number for every token of the vocabulary)?

# %%
quiz(*GUESSES[3])


# %%
def line(name, parts):
    """The parts of a memory, and its peak, in GB."""
    numbers = "".join(f"{parts[key] / 1e9:13.2f}" for key in parts)
    return f"{name:22}{numbers}{costs.peak(parts) / 1e9:10.2f}"


columns = "".join(f"{name:>13}" for name in costs.memory(llama, "math", 16))
print(f"{'GB, on paper':22}{columns}      peak")
print(line("LoRA, 16 bits", costs.memory(llama, "math", 16)))
print(line("LoRA, 8 bits", costs.memory(llama, "math", 16, bits=8)))
print(line("LoRA, 4 bits", costs.memory(llama, "math", 16, bits=4)))
print(line("LoRA, 4 at a time", costs.memory(llama, "math", 4)))
print(line("all trained", costs.memory(llama, "math", 16, tune="full")))
print(line("all trained, 8 GPUs", costs.memory(llama, "math", 16, tune="full", split=8)))

# %%
parts = costs.memory(llama, "math", 16)
assert parts["logits"] > parts["weights"] > parts["cache"] > parts["trained"]
quarter = costs.memory(llama, "math", 16, bits=4)
saved = 1 - costs.peak(quarter) / costs.peak(parts)
print(f"4 bits save {1 - quarter['weights'] / parts['weights']:.0%} of the weights, {saved:.0%} of the peak")

# %% [markdown]
# The peak is the larger of two moments: sampling needs the cache, training the activations and the logits.
# Where all is trained, the weights stand under *trained*.
#
# The surprise is the logits: a number for each token of the vocabulary, at each place of each completion,
# and Llama's vocabulary has 128,256. They count twice, as numbers and as gradients, in fp32. So the first
# remedy for "out of memory" in GRPO is **fewer completions at a time with more accumulation**: the same step,
# a fraction of the logits. Quantization saves weights, which are the smaller part here; it pays for larger
# models, and costs time to unpack.
#
# ## The paper against a measurement
#
# How does a real step grow? `make bench` has measured it on a processor: completions, length, model size, one
# at a time. The dashed line is what "twice as much of everything" would cost. The cell below the picture
# prints *powers*: with a power p, twice as much takes 2^p times as long, or 2^p times the memory.

# %%
import json

from helpers.pictures.scaling import growth, slopes

bench = json.loads((ROOT / "data/bench/bench.json").read_text())["growth"]
show(
    growth(bench["points"]),
    "Seconds a step and the memory that it adds, against completions a step, tokens a completion and "
    "parameters: all grow, and less than in proportion where the step is small.",
)

# %%
for name, points in bench["points"].items():
    xs, seconds = [point[name] for point in points], [point["seconds"] for point in points]
    own = [point["memory_mb"] - point["memory_before_mb"] for point in points]
    powers = {"time": slopes(xs, seconds), "memory": slopes(xs, own)}
    said = (f"{what} {', '.join(f'{power:.1f}' for power in found)}" for what, found in powers.items())
    print(f"{name:12}" + "; ".join(said))
    assert powers["time"][0] < 1 and powers["time"][-1] >= powers["time"][0]
where = "{cpu}, {cores} cores".format(**bench["hardware"])
print(f"powers from each point to the next; {where}, commit {bench['commit'][:10]}")

# %% [markdown]
# A power of 1 is the paper's line: operations, and nothing else. At the left the power is far below 1: in
# a small step, time goes into **calls** (about the same number whatever the size of the numbers in them),
# and twice the work is nearly free. That is why a larger batch is cheap until the powers come near 1, at
# around 64 completions here, and why on a GPU, which does more in a call, the cheap range reaches much
# further. Longer completions never get as cheap: each token is a call that has to wait for the one before.
#
# > **Note:** Memory counts what the step adds to what Python and its libraries take before it begins. The
# > same on a GPU is not measured yet: `make bench-gpu` does it.
#
# ## Recap
#
# - Processes share prompts, sample for themselves, and exchange rewards and the gradients of trained weights.
# - Hold the total, and one process or many learn alike. More GPUs than the total has work for stand idle.
# - Tokens × weights × 6 operations, over what the GPUs **reach**: hours on paper. Logits are the memory to
#   watch.
#
# **Exercises:** [exercises/08_scale_up.ipynb](exercises/08_scale_up.ipynb), three functions that check
# themselves.
#
# **Next:** a model of your own choice, by its hub id: `python -m helpers train math --model owner/name`.
# Measure it as in 05, and please contribute the record: the README says how.
