# %% [markdown]
# # Exercises · 08 Scale up
#
# Three functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. Back to [the notebook](../08_scale_up.ipynb). The
# [solutions](../solutions/08_scale_up.ipynb) are there when you want them.
#
# ## 1 · A place for every completion
#
# **Goal:** find the place of every completion of a step, and hold no more of them at a time than fit.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# A step wants `total` completions, `processes` share them evenly, and no more than `most` of them fit into a
# process at a time. Give back `(at_a_time, times)` for each process: the **largest** number at a time that
# divides its share, and how many times. Raise `ValueError` where the total cannot be shared evenly.
#
# <details><summary>Hint 1: where to look</summary>
#
# The lines of "A total that stays" hold both numbers for each process: batch and accumulation. `divmod` gives
# a share and what is left over.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Split first. Then try sizes from the largest that fits downwards, and stop at the first that divides the
# share without a rest.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# Count down with `range(min(most, share), 0, -1)`; the first `size` with `share % size == 0` is yours, and
# `share // size` says how many times.
# </details>


# %%
def layout(total: int, processes: int, most: int) -> tuple[int, int]:
    """(at_a_time, times) of each process. Raises ValueError where the total cannot be shared evenly."""
    # solution
    share, left = divmod(total, processes)
    if left:
        raise ValueError(f"{total} completions over {processes} processes: {left} left over")
    size = next(size for size in range(min(most, share), 0, -1) if share % size == 0)
    return size, share // size


# %%
from helpers.checks.scale import check_layout

check_layout(layout)

# %% [markdown]
# The recipe's 16 completions, at most 4 at a time, on more and more processes:

# %%
for processes in (1, 2, 4, 8, 16):
    print(processes, layout(16, processes, 4))

# %% [markdown]
# ## 2 · What the weights weigh
#
# **Goal:** say what a model's weights take on a GPU, before anything is sampled.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# `parameters` weights are frozen, `bits` each. `trained` more are adapters: each is kept in fp32 (4 bytes),
# and has a gradient and Adam's two averages, in fp32 as well. How many GB (10⁹ bytes) is that?
#
# <details><summary>Hint 1: where to look</summary>
#
# The first two columns of the notebook's table of memory: what they hold is added up here.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Eight bits are a byte. For each trained weight there are four numbers, of 4 bytes each.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `parameters * bits / 8` bytes are frozen, `trained * 16` are not. A GB has `1e9` bytes.
# </details>


# %%
def weights_gb(parameters: float, trained: float, bits: int) -> float:
    """GB of the frozen weights and of all that training adds to them."""
    # solution
    return (parameters * bits / 8 + trained * 16) / 1e9


# %%
from helpers.checks.scale import check_weights_gb

check_weights_gb(weights_gb)

# %% [markdown]
# Llama-3.2-1B with LoRA, in 16, 8 and 4 bits; and fully trained, where nothing is frozen:

# %%
from helpers.costs import SHAPES, lora_parameters, parameters

llama = SHAPES["llama-3.2-1b"]
for bits in (16, 8, 4):
    print(f"{bits:2} bits, LoRA: {weights_gb(parameters(llama), lora_parameters(llama), bits):5.2f} GB")
print(f"all trained:   {weights_gb(0, parameters(llama), 16):5.2f} GB")

# %% [markdown]
# ## 3 · The ring
#
# **Goal:** count what each process sends at every step, and see that more processes hardly make it more.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# To average their gradients, processes stand in a ring. Each cuts its gradient into as many parts as there
# are processes. First the parts go round to be summed: in each of `processes - 1` turns everybody sends
# **one** part on. Then the sums go round in as many turns, so that all have them. How many MB (10⁶ bytes)
# does each process send, for `trained` gradients in fp32?
#
# <details><summary>Hint 1: where to look</summary>
#
# Draw three processes in a circle, and follow one part until all three have been added to it.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Count the turns, and what is sent in each: one part, never the whole gradient. There are twice
# `processes - 1` turns.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `trained * 4 / processes` bytes are a part. An MB has `1e6` bytes.
# </details>


# %%
def ring_mb(trained: float, processes: int) -> float:
    """MB that each process sends until all have the mean of their gradients."""
    # solution
    part = trained * 4 / processes
    return 2 * (processes - 1) * part / 1e6


# %%
from helpers.checks.scale import check_ring_mb

check_ring_mb(ring_mb)

# %% [markdown]
# LoRA against full training of Llama-3.2-1B, at every single step:

# %%
for processes in (2, 8, 64):
    adapters, all_weights = (ring_mb(n, processes) for n in (lora_parameters(llama), parameters(llama)))
    print(f"{processes:2} processes: LoRA {adapters:5.0f} MB, all weights {all_weights:6.0f} MB")
