# %% [markdown]
# # Exercises · 06 Inside GRPO
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../06_inside_grpo.ipynb).
#
# ## 1 · The clip
#
# *Difficulty: 2 of 5 · 10 minutes.* For one token with ratio r and advantage A, give back what PPO counts:
# the smaller of r A and of clip(r) A, where clip keeps r between `1 - low` and `1 + high`.
#
# <details><summary>Hint</summary>
#
# `min(max(ratio, 1 - low), 1 + high)` is the clipped ratio. Multiply first, then take the smaller one: with
# a negative advantage the order of the two turns round.
#
# </details>

# %%
def clipped_gain(ratio, advantage, low=0.2, high=0.2):
    """What a token counts for: min(r A, clip(r) A)."""
    # solution
    clipped = min(max(ratio, 1 - low), 1 + high)
    return min(ratio * advantage, clipped * advantage)


# %%
from helpers.checks.inside import check_clipped_gain

check_clipped_gain(clipped_gain)

# %% [markdown]
# Four corners. In which two has the token lost its gradient?

# %%
for advantage in (1.0, -1.0):
    for ratio in (0.5, 1.5):
        print(f"A = {advantage:+.0f}, r = {ratio}: {clipped_gain(ratio, advantage):+.2f}")

# %% [markdown]
# ## 2 · What a token weighs
#
# *Difficulty: 3 of 5 · 10 minutes.* You get the lengths of N completions, in tokens. Give back, for each
# completion, the weight of one of its tokens in the loss: under `"grpo"` (each completion's tokens are
# averaged, then the completions), `"dapo"` (all tokens of the batch are averaged) and `"dr_grpo"` (the sum
# over all tokens is divided by N times `max_length`).
#
# <details><summary>Hint</summary>
#
# Write down the sum, and read off what stands before one token's term. For `"grpo"`: (1 / N) times (1 / its
# own length).
#
# </details>

# %%
def token_weights(lengths, loss_type, max_length):
    """The weight of a token of each completion."""
    # solution
    n = len(lengths)
    if loss_type == "grpo":
        return [1 / (n * length) for length in lengths]
    if loss_type == "dapo":
        return [1 / sum(lengths) for _ in lengths]
    return [1 / (n * max_length) for _ in lengths]


# %%
from helpers.checks.inside import check_token_weights

check_token_weights(token_weights)

# %% [markdown]
# A wrong answer of 60 tokens and one of 10, each with advantage -1. What is the whole answer charged?

# %%
for loss_type in ("grpo", "dapo", "dr_grpo"):
    charged = [n * weight for n, weight in zip((60, 10), token_weights([60, 10], loss_type, 64))]
    print(f"{loss_type:<8} the long one {charged[0]:.2f}, the short one {charged[1]:.2f}")

# %% [markdown]
# Under `grpo` both are charged the same, however many mistakes the long one had room for.
