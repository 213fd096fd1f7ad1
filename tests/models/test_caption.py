"""The caption decoders against numbers made by hand and against equations written out."""

import math

import pytest
import torch

from tests.models import tiny_captions
from viz_core.models.caption import CaptionLSTM, CaptionState, Config, doubly_stochastic
from viz_core.models.caption_annotator import grid_places, place_codes, whole_channels
from viz_core.models.caption_transformer import CaptionTransformer
from viz_core.models.caption_transformer import Config as TransformerConfig
from viz_core.trace.errors import InputError

ROWS, COLS, WIDTH, WORDS = 2, 3, 8, 11
NAMED = ((4, 7), (5, 8))  # words for two nouns; what speaks for them are states 3 and 4, before the three numbers of colour
TINTED = ((6, 9), (3, 10))  # words for two colours in two languages


def decoder(kind: str, named: tuple[tuple[int, ...], ...] = (), tinted: tuple[tuple[int, ...], ...] = ()) -> CaptionLSTM:
    torch.manual_seed(0)
    return CaptionLSTM(Config(kind, WORDS, features=WIDTH, annotation=6, embedding=5, hidden=7, attention=4, named=named, tinted=tinted)).eval()


def transformer() -> CaptionTransformer:
    torch.manual_seed(0)
    return CaptionTransformer(TransformerConfig(outputs=WORDS, size=8, heads=2, layers=2, inner=16, features=WIDTH)).eval()


def picture(count: int = 2) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    places = grid_places(ROWS, COLS).expand(count, -1, -1)
    return torch.randn(count, 1 + ROWS * COLS, WIDTH), places, torch.ones(count, ROWS * COLS, dtype=torch.bool)


def padded(features: torch.Tensor, places: torch.Tensor, mask: torch.Tensor, by: int = 3) -> tuple[torch.Tensor, ...]:
    """The same pictures with patches behind that are not there."""
    count = len(features)
    return (
        torch.cat([features, torch.full((count, by, WIDTH), 9.0)], 1),
        torch.cat([places, torch.zeros(count, by, 2)], 1),
        torch.cat([mask, torch.zeros(count, by, dtype=torch.bool)], 1),
    )


def test_places_are_the_centres_of_the_patches_row_by_row():
    found = grid_places(2, 2)
    assert found.tolist() == [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]


def test_place_codes_hold_the_place_and_its_waves():
    code = place_codes(torch.tensor([0.5, 0.25]))
    assert code[:2].tolist() == [0.5, 0.25]
    assert code[2].item() == pytest.approx(math.sin(math.pi * 0.5))
    assert code[3].item() == pytest.approx(math.sin(2 * math.pi * 0.5), abs=1e-6)
    assert code[6].item() == pytest.approx(math.sin(math.pi * 0.25))


def test_regulariser_by_hand():
    weights = torch.tensor([[[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]])  # the last word is padding
    written, mask = torch.tensor([[True, True, False]]), torch.ones(1, 3, dtype=torch.bool)
    assert doubly_stochastic(weights, mask, written).item() == pytest.approx(0.5**2 + 0.5**2 + 1)
    assert doubly_stochastic(weights, torch.tensor([[True, True, False]]), written).item() == pytest.approx(0.5)


def test_dropout_takes_a_channel_from_every_patch():
    torch.manual_seed(0)
    found = whole_channels(torch.ones(2, 5, 200), 0.5, True)
    assert set(found.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(found[:, 0], found[:, 4]) and not torch.equal(found[0], found[1])
    assert torch.equal(whole_channels(torch.ones(1, 2, 3), 0.5, False), torch.ones(1, 2, 3))


def test_step_follows_the_equations():
    module = decoder("attention")
    annotations = module.annotate(*picture())
    state = CaptionState(torch.randn(2, 1, 7), torch.randn(2, 1, 7))
    embedded = torch.randn(2, 1, 5)
    step = module.decode(annotations, state, embedded)
    hidden, vectors = state.hidden[0, 0], annotations.vectors[0]
    energy = torch.tanh(module.state_projection(hidden) + module.memory_projection(vectors)) @ module.v  # eq. 4
    weights = energy.softmax(0)  # eq. 5
    beta = torch.sigmoid(module.gate(hidden))  # §4.2.1
    context = beta * (weights[:, None] * vectors).sum(0)
    new, cell = module.decoder(torch.cat([embedded[0, 0], context])[None], (hidden[None], state.cell[0]))
    output = embedded[0, 0] + module.from_hidden(new[0]) + module.from_context(context)
    torch.testing.assert_close(step.weights[0, 0], weights)
    torch.testing.assert_close(step.gated[0, 0], context)
    torch.testing.assert_close(step.lstm.hidden[0, 0], new[0])
    torch.testing.assert_close(step.lstm.cell[0, 0], cell[0])
    torch.testing.assert_close(step.output[0, 0], output)


@pytest.mark.parametrize("kind", ["attention", "none"])
def test_what_the_classes_say_is_added_for_the_words_that_name_it(kind):
    module = decoder(kind, NAMED)
    features, *grid = picture()
    annotations = module.annotate(features, *grid)
    step = module.decode(annotations, module.begin(annotations), torch.randn(2, 1, 5))
    said = features[0, 1:, 3:5]
    looked = (torch.full((ROWS * COLS, 1), 1 / (ROWS * COLS)) if step.weights is None else step.weights[0, 0, :, None]) * said
    words = module.target.weight[torch.tensor(NAMED)].mean(1)
    torch.testing.assert_close(step.name[0, 0], looked.sum(0) @ words)
    hidden = step.lstm.hidden[0, 0]
    trust = (module.trust(hidden).exp() + 1).log()
    torch.testing.assert_close(step.trust[0, 0], trust)
    plain = step.embedded[0, 0] + module.from_hidden(hidden) + module.from_context(step.gated[0, 0])
    torch.testing.assert_close(step.output[0, 0], plain + trust * step.name[0, 0])


@pytest.mark.parametrize("kind", ["attention", "none"])
def test_which_colour_is_said_follows_from_the_colours_looked_at_alone(kind):
    module, (features, *grid) = decoder(kind, NAMED, TINTED), picture()
    annotations = module.annotate(features, *grid)
    step = module.decode(annotations, module.begin(annotations), torch.randn(2, 1, 5))
    told = module.tint(features[0, 1:, -3:])  # (L, C)
    looked = torch.full((ROWS * COLS,), 1 / (ROWS * COLS)) if step.weights is None else step.weights[0, 0]
    torch.testing.assert_close(step.tint[0, 0], looked @ told)
    kappa = (module.tint_trust(step.lstm.hidden[0, 0]).exp() + 1).log()
    torch.testing.assert_close(step.tint_trust[0, 0], kappa)
    logits = module.logits(step.output)[0, 0] - module.bias
    for words in zip(*TINTED, strict=True):  # of one language
        rest = logits[list(words)] - kappa * step.tint[0, 0]
        torch.testing.assert_close(rest, step.output[0, 0, :5] @ module.target.weight[list(words)].mean(0) * torch.ones(2))
    others = [word for word in range(WORDS) if word not in sum(TINTED, ())]
    torch.testing.assert_close(logits[others], module.target.weight[others] @ step.output[0, 0, :5])


def test_annotations_hold_no_colours_where_these_have_their_own_way():
    features, *grid = picture()
    changed = features.clone()
    changed[..., -3:] += 1
    for tinted in ((), TINTED):
        one, other = (decoder("attention", NAMED, tinted).annotate(given, *grid) for given in (features, changed))
        assert torch.equal(one.vectors, other.vectors) == torch.equal(one.image, other.image) == bool(tinted)
    assert not torch.allclose(one.tints, other.tints)


def test_fixed_vector_is_the_same_at_every_step_and_knows_every_patch():
    module = decoder("none")
    features, places, mask = picture()
    annotations = module.annotate(features, places, mask)
    first = module.decode(annotations, module.begin(annotations), torch.randn(2, 1, 5))
    second = module.decode(annotations, CaptionState(first.lstm.hidden, first.lstm.cell), torch.randn(2, 1, 5))
    assert first.weights is None and first.gate is None
    assert torch.equal(first.gated, second.gated)
    for patch in range(ROWS * COLS):
        changed = features.clone()
        changed[0, 1 + patch] += 1
        image = module.annotate(changed, places, mask).image
        assert not torch.allclose(image[0], annotations.image[0]) and torch.allclose(image[1], annotations.image[1])


@pytest.mark.parametrize("make", [lambda: decoder("attention"), lambda: decoder("none"), lambda: decoder("attention", NAMED), lambda: decoder("none", NAMED), lambda: decoder("attention", NAMED, TINTED), lambda: decoder("none", (), TINTED), transformer])
def test_patches_that_are_not_there_change_nothing(make):
    module, given = make(), picture()
    previous = torch.tensor([[2, 4, 5], [2, 6, 7]])
    plain, _ = module(*given, previous)
    more, weights = module(*padded(*given), previous)
    torch.testing.assert_close(plain, more)
    if weights is not None:
        assert weights[..., ROWS * COLS :].abs().max() == 0


@pytest.mark.parametrize("make", [lambda: decoder("attention"), transformer])
def test_where_a_patch_lies_counts(make):
    module, (features, places, mask) = make(), picture()
    previous = torch.tensor([[2, 4], [2, 6]])
    assert not torch.allclose(module(features, places, mask, previous)[0], module(features, places.flip(1), mask, previous)[0])


def test_forced_is_step_by_step():
    module, given = decoder("attention"), picture()
    previous = torch.tensor([[2, 4, 5], [2, 6, 7]])
    outputs, weights = module(*given, previous)
    annotations = module.annotate(*given)
    state = module.begin(annotations)
    for t in range(3):
        step = module.decode(annotations, state, module.target(previous[:, t : t + 1]))
        state = CaptionState(step.lstm.hidden, step.lstm.cell)
        torch.testing.assert_close(step.output[:, 0], outputs[:, t])
        torch.testing.assert_close(step.weights[:, 0], weights[:, t])


def test_unknown_decoder_is_named():
    with pytest.raises(InputError, match="'hard' is unknown; use one of attention, none"):
        Config("hard", 3)


def test_sharpening_multiplies_every_logit():
    for kind in tiny_captions.KINDS:
        stepper = tiny_captions.tiny(kind)
        source = stepper.encode_features(torch.randn(10, stepper.module.config.features, generator=torch.Generator().manual_seed(0)), 3, 3)
        state = stepper.start([source])
        before = stepper.predict(state)
        with torch.no_grad():
            stepper.module.sharpen(2.0)
        after = stepper.predict(state)
        wanted = (2 * before.log_probs).log_softmax(-1)
        assert torch.allclose(after.log_probs, wanted, atol=1e-4), kind
