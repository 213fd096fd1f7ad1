"""Every sentence that self-attention by hand shows in the browser."""

from __future__ import annotations

from viz_core.figures.words import _, player_words
from viz_core.models.self_attention import Numbers


def desk_words(numbers: Numbers) -> dict[str, str]:
    """What the desk's JavaScript shows, by key; `{name}` is filled in there."""
    return {**player_words(), **_frame(), **_steps(), **_sentences(numbers), **_names(), **_typing(), **_found()}


def _frame() -> dict[str, str]:
    return {
        "desk": _("Self-attention by hand"),
        "similarity": _("Similarity"),
        "divide": _("÷ √d_k"),
        "causal": _("causal mask"),
        "projections": _("projections W^Q, W^K, W^V"),
        "shuffle": _("Shuffle the words"),
        "shuffle_again": _("Shuffle again"),
        "unshuffle": _("Order as written"),
        "one_changed": _("1 number changed"),
        "changed": _("{n} numbers changed"),
        "put_back": _("Put all back"),
        "row": _("Follow the word"),
        "head": _("Head"),
        "head_n": _("head {h}"),
        "glance": _("The whole row at a glance"),
        "row_of": _("What “{word}” attends to"),
        "all_rows": _("α of all words"),
        "set_by_you": _("(set by you)"),
        "comes_later": _("“{word}” comes later"),
        "and_so_on": _("… and so on for {n} more words, in the table below"),
        "all_masked": _("Every score of this row is −∞: softmax has nothing to share out."),
        "tensor": _("Tensor"),
        "word": _("word"),
        "values": _("values"),
    }


def _steps() -> dict[str, str]:
    return {
        "step_embed": _("Embed: every word becomes a vector x"),
        "step_project": _("Project: query q, key k and value v of every word"),
        "step_dot": _("Score: how well does each key match the query?"),
        "step_scale": _("Scale the scores"),
        "step_mask": _("Mask: which words may be seen"),
        "step_softmax": _("Softmax: from scores to weights that sum to 1"),
        "step_weigh": _("Weigh: every value times its weight"),
        "step_sum": _("Sum: the weighted values become one vector z"),
        "step_concat": _("Concatenate the heads"),
        "step_output": _("Project back: W^O mixes the heads"),
    }


def _sentences(numbers: Numbers) -> dict[str, str]:
    """One or two sentences a step; some depend on a switch."""
    model, layer, head, count = numbers.origin or ("", 0, 0, 1)
    trained = (
        _("These are the true embeddings of {model} (word, position and LayerNorm), as its first layer reads them.")
        if layer == 0
        else _("These are the true vectors that layer {layer} of {model} reads; each has already taken something in from the words around it.")
    )
    return {
        "embed_classic": _("Four numbers a word, made up from its letters and trained on nothing: they are for following the arithmetic. Click any number to change it."),
        "embed_small": _("Four numbers a word, made up from its letters and trained on nothing: they are for following the arithmetic. Click any number to change it."),
        "embed_trained": trained.format(model=model, layer=layer) + " " + _("Click any number to change it."),
        "text_project": _("Each word asks with its query, is found by its key, and gives its value: three products of the same x with three matrices."),
        "text_project_off": _("Without projections the query, the key and the value of a word are its embedding itself. A word then matches itself best, whenever all vectors are equally long."),
        "text_dot": _("The dot product is large when query and key point the same way. Every word is scored against every word, itself included."),
        "text_additive": _("A small network scores the pair; query and key may then have different sizes. These three parameters are made up here, not trained."),
        "text_cosine": _("The cosine is the dot product of directions alone: −1 to 1, whatever the lengths."),
        "text_scale": _("Dot products grow with the length of the vectors: of d_k random terms they vary by √d_k. Divided by it, they stay where softmax has a slope."),
        "text_scale_off": _("Without the division, long vectors give large scores: softmax becomes almost 0 and 1, and hardly any gradient is left to learn from."),
        "text_scale_additive": _("The additive score is not divided: tanh keeps it small, however long the vectors are."),
        "text_scale_cosine": _("Scores between −1 and 1 would give nearly equal weights; β sharpens them. It is a number that you can change, too."),
        "text_mask": _("A model that writes from left to right must not look at what it has not written yet: later words get −∞, and softmax makes 0 of it."),
        "text_mask_off": _("Without a mask every word sees every word, as in an encoder. Switch the causal mask on to see a decoder."),
        "text_softmax": _("Exponentials make everything positive, the division makes the row sum to 1. The largest score is subtracted first; that changes nothing but keeps the exponentials from overflowing."),
        "text_weigh": _("A word that matters little is multiplied by nearly nothing and drops out."),
        "text_sum": _("The new vector of the word: what it gathered from all words, in the proportions of its weights."),
        "text_concat": _("Each head has looked in its own way; their results are put side by side."),
        "text_concat_one": _("With one head there is nothing to put side by side. Choose 2 or 4 heads above to see it."),
        "text_output": _("One more matrix brings the result back to the width of x, so that it can be added to x and the next layer can go on."),
        "text_output_trained": _("Heads on show: {n} of the {count} of this layer. The model adds the share of all its heads and a bias, then x itself, then LayerNorm follows.").format(n=numbers.heads, count=count),
        "text_output_off": _("Without projections there is no W^O either: z is the result."),
    }  # fmt: skip


def _names() -> dict[str, str]:
    """Tensors: titles, short symbols, and where a number is."""
    symbols = {"x": "x", "wq": "W^Q", "wk": "W^K", "wv": "W^V", "bq": "b^Q", "bk": "b^K", "bv": "b^V", "q": "q", "k": "k", "v": "v", "aq": "W_q", "ak": "W_k",
               "av": "v", "beta": "β", "e": "e", "s": "s", "m": "m", "a": "α", "p": "α·v", "z": "z", "c": "c", "wo": "W^O", "o": "o"}  # fmt: skip
    titles = {
        "x": _("embeddings x"), "wq": _("query matrix W^Q"), "wk": _("key matrix W^K"), "wv": _("value matrix W^V"), "q": _("queries q"), "k": _("keys k"),
        "bq": _("query bias b^Q"), "bk": _("key bias b^K"), "bv": _("value bias b^V"),
        "v": _("values v"), "aq": _("matrix W_q of the score"), "ak": _("matrix W_k of the score"), "av": _("vector v of the score"), "beta": _("sharpness β"),
        "m": _("after the mask"), "a": _("softmax α"), "p": _("weighted values of “{word}”"), "z": _("sums z"), "c": _("concatenated c"), "wo": _("output matrix W^O"), "o": _("outputs o"),
    }  # fmt: skip
    return {
        **{f"symbol_{name}": symbol for name, symbol in symbols.items()},
        **{f"tensor_{name}": title for name, title in titles.items()},
        "score_dot": _("dot product q·k"),
        "score_additive": _("additive score"),
        "score_cosine": _("cosine of q and k"),
        "divided": _("÷ √d_k"),
        "undivided": _("not divided"),
        "times_beta": _("× β"),
        "of_head": _("{name} of head {h}"),
        "at_word": _("of “{a}”, number {n}"),
        "at_pair": _("from “{a}” to “{b}”"),
        "at_product": _("from “{a}” to “{b}”, number {n}"),
        "at_place": _("row {i}, column {n}"),
    }


def _typing() -> dict[str, str]:
    """Why a typed number cannot be used: value, what was expected, remedy."""
    return {
        "empty_number": _("Nothing was typed; write a number such as 0.5. The value {old} stays. (Delete on a cell puts the computed number back.)"),
        "no_number": _("“{typed}” is no number; write one such as 0.5, −3 or 1e-4. The value {old} stays."),
        "comma_number": _("“{typed}” has a comma; write it with a decimal point: {remedy}. The value {old} stays."),
        "nan_number": _("NaN is not a number, and everything computed from it would be none either; write a number such as 0.5. The value {old} stays."),
        "infinite_score": _("With a score of +∞ softmax would be ∞ ÷ ∞, which has no value; write a large number such as 1e30 instead. The value {old} stays."),
        "infinite_number": _("An infinite number times 0 has no value; write a finite number up to 1e30. (A score may be −∞: that masks it.) The value {old} stays."),
        "large_number": _("“{typed}” is too large to be multiplied on; write a number between −1e30 and 1e30. The value {old} stays."),
        "too_many_changes": _("{n} numbers are changed already, as many as a link can hold; put some back first (Delete on a cell)."),
        "changed_note": _("Set by you; Delete puts the computed number back."),
    }


def _found() -> dict[str, str]:
    """What the numbers say by themselves."""
    return {
        "nothing_seen": _("“{word}” sees nothing: all its scores are −∞, so softmax has no value and neither has its z."),
        "sum_off": _("The weights of “{word}” sum to {x}, no longer to 1, because you changed them."),
        "softmax_now": _("Softmax of “{word}”: entropy {h} nats, largest weight {a}, gradient left ‖∂α/∂s‖ = {g}."),
        "softmax_without": _("Without ÷ √{d} the largest weight would be {a} and the gradient {g}."),
        "softmax_with": _("With ÷ √{d} the largest weight would be {a} and the gradient {g}."),
        "only_permuted": _("Shuffled words, measured: every word gets the output that it had in the order as written; largest difference {x}. Attention by itself does not see order."),
        "not_permuted": _("Shuffled words, measured: outputs differ by up to {x} from those in the order as written. The causal mask depends on the order, the rest does not."),
        "positions_moved": _("Here the positions are part of x and move with the words; a text in another order would get other vectors x."),
        "beyond_float32": _("Numbers reach {x}, more than float32 holds (3.4e38). This page computes in float64; a model in float32 would get ∞ here, then NaN."),
    }
