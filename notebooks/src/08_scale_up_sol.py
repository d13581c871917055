# %% [markdown]
# # Exercises · 08 Scale up
#
# Three functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../08_scale_up.ipynb).
#
# ## 1 · A place for every completion
#
# *Difficulty: 2 of 5 · 10 minutes.* A step wants `total` completions, `processes` share them evenly, and no
# more than `most` of them fit into a process at a time. Give back `(at_a_time, times)` for each process: the
# **largest** number at a time that divides its share, and how many times. Raise `ValueError` where the total
# cannot be shared evenly.
#
# <details><summary>Hint</summary>
#
# Count down from `min(most, share)`; the first number that divides the share is yours.
#
# </details>


# %%
def layout(total, processes, most):
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
# *Difficulty: 2 of 5 · 10 minutes.* `parameters` weights are frozen, `bits` each. `trained` more are
# adapters: each is kept in fp32 (4 bytes), and has a gradient and Adam's two averages, in fp32 as well.
# How many GB (10⁹ bytes) is that?
#
# <details><summary>Hint</summary>
#
# Eight bits are a byte. Four numbers of 4 bytes for each trained weight.
#
# </details>


# %%
def weights_gb(parameters, trained, bits):
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
# *Difficulty: 3 of 5 · 15 minutes.* To average their gradients, processes stand in a ring. Each cuts its
# gradient into as many parts as there are processes. First the parts go round to be summed: in each of
# `processes - 1` turns everybody sends **one** part on. Then the sums go round in as many turns, so that all
# have them. How many MB (10⁶ bytes) does each process send, for `trained` gradients in fp32?
#
# <details><summary>Hint</summary>
#
# A part has `trained / processes` numbers of 4 bytes. Count the turns: twice `processes - 1`.
#
# </details>


# %%
def ring_mb(trained, processes):
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
