"""Beam search, greedy decoding and generation settings against `transformers.generate` on random small models."""

import itertools

import pytest
import torch
from tests.models.tiny_generators import DECODERS, SEQ2SEQ, generator, source

from viz_core.decoding import Beam, Greedy, Sampling, beam_search, choices_of
from viz_core.models.pretrained_decoder import PretrainedDecoder

NAMES = (*DECODERS, *SEQ2SEQ)
STOPPING = {"false": False, "true": True, "never": "never"}
PROMPTS = [(5, 6, 7), (8,), (9, 4, 10, 11, 12, 3, 6)]
SETTINGS = [
    {},
    {"no_repeat_ngram_size": 2, "min_new_tokens": 3},
    {"repetition_penalty": 1.4, "suppress_tokens": [5, 6]},
    {"eos_token_id": [1, 3], "bad_words_ids": [[7], [8, 9]]},
    {"forced_eos_token_id": 1, "begin_suppress_tokens": [4, 5], "min_length": 4},
]


def generated(stepper, sources, steps, **options):
    """What generate writes, without what it was given: ids [source][n], and scores where there are beams."""
    left = isinstance(stepper, PretrainedDecoder)
    longest = max(len(item.ids) for item in sources)
    rows, masks = [], []
    for item in sources:
        padding = [0] * (longest - len(item.ids))
        rows.append([*padding, *item.ids] if left else [*item.ids, *padding])
        masks.append([0] * len(padding) + [1] * len(item.ids) if left else [1] * len(item.ids) + [0] * len(padding))
    found = stepper.module.generate(
        torch.tensor(rows), attention_mask=torch.tensor(masks), max_new_tokens=steps, do_sample=False,
        return_dict_in_generate=True, output_scores=True, **options,
    )  # fmt: skip
    ids = found.sequences[:, longest if left else 1 :].reshape(len(sources), -1, found.sequences.shape[1] - (longest if left else 1))
    scores = getattr(found, "sequences_scores", None)
    return ids.tolist(), None if scores is None else scores.view(len(sources), -1).tolist()


def agree(hypotheses, ids, scores):
    assert len(hypotheses) == len(ids)
    for hypothesis, wanted, score in zip(hypotheses, ids, scores, strict=True):
        said = list(hypothesis.choices)
        assert said == wanted[: len(said)]
        assert hypothesis.score == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda found: next(iter(found), "plain"))
@pytest.mark.parametrize("name", NAMES)
def test_the_same_hypotheses_and_scores(name, settings):
    """Widths 2 – 5, three penalties and three ways to stop are spread over the cases."""
    options = itertools.cycle(itertools.product((2, 5, 3), (1.0, 0.0, 2.0), STOPPING))
    for seed, ending in itertools.product(range(2), (1.0, 4.0)):
        stepper = generator(name, seed, ending=ending, **settings)
        for prompt in PROMPTS[:2]:
            width, penalty, stopping = next(options)
            said = source(stepper, prompt)
            beam = Beam(width=width, length_penalty=penalty, early_stopping=stopping, n_best=width, max_steps=10)
            found = beam_search(stepper, [said], beam, tree=False)[0]
            ids, scores = generated(
                stepper, [said], 10, num_beams=width, length_penalty=penalty, num_return_sequences=width, early_stopping=STOPPING[stopping]
            )
            agree(found.hypotheses, ids[0], scores[0])


@pytest.mark.parametrize("name", NAMES)
def test_padded_batches_too(name):
    stepper = generator(name, 3, ending=3.0)
    sources = [source(stepper, prompt) for prompt in PROMPTS]
    found = beam_search(stepper, sources, Beam(width=3, n_best=2, max_steps=9), tree=False)
    ids, scores = generated(stepper, sources, 9, num_beams=3, num_return_sequences=2)
    for result, wanted, score in zip(found, ids, scores, strict=True):
        agree(result.hypotheses, wanted, score)


@pytest.mark.parametrize("settings", [*SETTINGS, {"forced_bos_token_id": 7}], ids=lambda found: next(iter(found), "plain"))
@pytest.mark.parametrize("name", NAMES)
def test_greedy_is_generates_own(name, settings):
    for seed in range(3):
        stepper = generator(name, seed, ending=2.0, **settings)
        said = source(stepper, PROMPTS[seed])
        chosen = choices_of(stepper, [said], Greedy(max_steps=9))[0]
        [[wanted]], _ = generated(stepper, [said], 9)
        assert chosen == wanted[: len(chosen)]
        assert len(chosen) == 9 or wanted[len(chosen)] in stepper.ends
        one = beam_search(stepper, [said], Beam(width=1, max_steps=9), tree=False)[0].hypotheses[0]
        if "repetition_penalty" not in settings:  # generate applies it to logits when greedy, to log-probabilities with beams
            assert [c for c in one.choices if c not in stepper.ends] == chosen


def test_early_stopping_of_the_settings_is_the_default():
    stepper = generator("bart", 1, ending=4.0, early_stopping=True)
    said = source(stepper, PROMPTS[0])
    ids, scores = generated(stepper, [said], 12, num_beams=4, num_return_sequences=4)
    agree(beam_search(stepper, [said], Beam(width=4, n_best=4, max_steps=12))[0].hypotheses, ids[0], scores[0])


def test_sampling_draws_from_the_distribution_that_generate_draws_from():
    """10,000 first tokens: their shares are the probabilities after temperature and top-k."""
    stepper = generator("gpt2", 2, suppress_tokens=[5])
    said = source(stepper, PROMPTS[0])
    options = Sampling(temperature=1.5, top_k=6, max_steps=1, seed=0)
    drawn = torch.tensor([stepper.ends and (row or [1])[0] for row in choices_of(stepper, [said] * 4000, options)])
    logits = stepper.module(torch.tensor([said.ids])).logits[0, -1]
    logits[5] = -torch.inf
    values, ids = (logits / 1.5).topk(6)
    shares = torch.stack([(drawn == i).float().mean() for i in ids])
    torch.testing.assert_close(shares, values.softmax(0), atol=0.03, rtol=0)
