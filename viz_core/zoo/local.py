"""Your own model: a folder or a hub name, through the transformers library.

safetensors only (a pickle could run anything), no code from the model's author, and the size is compared with the free
memory before a byte of the weights is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from viz_core.models.protocol import Identity
from viz_core.trace.errors import InputError
from viz_core.zoo import memory
from viz_core.zoo.cards import cards
from viz_core.zoo.device import pick_device
from viz_core.zoo.hub import snapshot

ENCODER, DECODER, SEQ2SEQ = "pretrained-encoder", "pretrained-decoder", "pretrained-seq2seq"
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")
_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "*.model", "*.spm")
_UNUSED = ("pooler",)  # heads that no picture looks at may be missing from the file


def is_own(name: object) -> bool:
    """Is this a folder or a hub name (`owner/model`), not a model of the zoo?"""
    if isinstance(name, str) and name in cards():
        return False
    return isinstance(name, Path) or (isinstance(name, str) and ("/" in name or "\\" in name or folder_of(name) is not None))


def open_model(name: str | Path, device: str = "auto", dtype: str = "auto") -> Any:
    """The stepper of a decoder or an encoder–decoder, the tracer of an encoder, of text or of pictures.

    name: a folder with config.json, tokenizer files and *.safetensors, or a hub name such as `owner/model`. device: as
    for `zoo.load`. dtype: float32, float16, bfloat16; `auto` is float32 on the CPU and the stored one elsewhere. Raises
    InputError when there are no safetensors, the architecture is unknown or reads no text, the hub cannot be reached,
    the files are damaged or lack weights, and when the model is larger than the free memory.
    """
    seen = picture_reader(name, device, dtype)
    if seen is not None:
        return seen
    model, tokenizer, identity = parts(name, device, dtype)
    if identity.family == ENCODER:
        from viz_core.models.pretrained_encoder import PretrainedEncoder as Stepper
    elif identity.family == DECODER:
        from viz_core.models.pretrained_decoder import PretrainedDecoder as Stepper
    else:
        from viz_core.models.pretrained_seq2seq import PretrainedSeq2Seq as Stepper
    return Stepper(model, tokenizer, identity)


def picture_reader(name: str | Path, device: str, dtype: str) -> Any | None:
    """The tracer of a vision transformer; None for a model that reads text."""
    from viz_core.zoo import local_vision

    if dtype not in ("auto", *DTYPES):
        return None  # told where text models are opened
    target, folder = pick_device(device), folder_of(name) or snapshot(str(name))
    files, config = weight_files(folder), read_config(folder)
    if not local_vision.is_vision(config):
        return None
    return local_vision.open_vision(folder, files, digest(files), config, target, DTYPES.get(dtype) or torch.float32)


def parts(name: str | Path, device: str = "auto", dtype: str = "auto") -> tuple[Any, Any, Identity]:
    """Model in evaluation mode on its device, tokenizer, and who it is."""
    target = pick_device(device)
    if dtype not in ("auto", *DTYPES):
        raise InputError(f"dtype is {dtype!r}; use auto, {', '.join(DTYPES)}")
    folder = folder_of(name) or snapshot(str(name))
    files = weight_files(folder)
    config = read_config(folder)
    family = family_of(config, folder.name)
    chosen = DTYPES.get(dtype) or (torch.float32 if target.type == "cpu" else getattr(config, "dtype", None) or torch.float32)
    memory.check_fits(str(name), memory.measure(files), chosen, target)
    tokenizer = read_tokenizer(folder)
    model = read_model(folder, config, family, chosen).to(target)
    return model.eval().requires_grad_(False), tokenizer, Identity(folder.name, family, digest(files))


def folder_of(name: str | Path) -> Path | None:
    """The folder of that path, None where there is none."""
    try:
        path = Path(name).expanduser()
        return path if path.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, no such home
        return None


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files, in order; InputError when there are none."""
    files = sorted(folder.glob("*.safetensors"))
    if not (folder / "config.json").is_file():
        raise InputError(f"the folder {folder} has no config.json; give the folder that save_pretrained wrote")
    if not files:
        pickles = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLES)
        held = f"only {', '.join(pickles[:3])}, which can run code when opened" if pickles else "no weights"
        raise InputError(f"the folder {folder} holds {held}; save the model as safetensors (model.save_pretrained does)")
    return files


def read_config(folder: Path) -> Any:
    """The model's configuration; InputError when the architecture is unknown, needs its author's code or the file is damaged."""
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the library raises many kinds for what a file may hold
        raise InputError(
            f"the model in {folder} cannot be opened: its config.json names an architecture that this version of transformers "
            f"does not know, needs its author's code, or is damaged ({_first_line(error)})"
        ) from error


def family_of(config: Any, name: str) -> str:
    """Encoder, decoder or encoder–decoder, by the trained architecture; InputError for models that read no text."""
    from transformers.models.auto import modeling_auto as known

    kind = config.model_type
    if config.is_encoder_decoder and kind in known.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
        return SEQ2SEQ
    masked = kind in known.MODEL_FOR_MASKED_LM_MAPPING_NAMES
    causal = kind in known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    trained = " ".join(config.architectures or ())
    if not config.is_encoder_decoder and causal and (not masked or "CausalLM" in trained or "LMHead" in trained):
        return DECODER
    if not config.is_encoder_decoder and masked:
        return ENCODER
    raise InputError(f"the model {name} is of type {kind!r}, which is no text encoder, decoder or encoder–decoder; give one of these")


def read_model(folder: Path, config: Any, family: str, dtype: torch.dtype) -> Any:
    """The weights in their architecture; InputError when some are missing (they would be random) or do not fit."""
    auto = {ENCODER: "AutoModel", DECODER: "AutoModelForCausalLM", SEQ2SEQ: "AutoModelForSeq2SeqLM"}[family]
    if family == ENCODER and "MaskedLM" in " ".join(config.architectures or ()):
        auto = "AutoModelForMaskedLM"  # keeps the head that fills in masked words
    return from_folder(auto, folder, config, dtype, _UNUSED)


def from_folder(kind: str, folder: Path, config: Any, dtype: torch.dtype, unused: Sequence[str]) -> Any:
    """The weights in a class of transformers; InputError when some are missing or do not fit. unused: parts of names of
    weights that may be missing."""
    import transformers
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # what is missing is told below, in one sentence
    logging.disable_progress_bar()
    try:
        model, report = getattr(transformers, kind).from_pretrained(
            folder, config=config, dtype=dtype, use_safetensors=True, local_files_only=True, trust_remote_code=False,
            output_loading_info=True,
        )  # fmt: skip
    except Exception as error:
        raise InputError(f"the weights in {folder} do not fit their config.json or are damaged ({_first_line(error)})") from error
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
    missing = sorted(key for key in report["missing_keys"] if not any(part in key for part in unused))
    if missing:
        raise InputError(
            f"the files in {folder} lack {len(missing)} weights, {missing[0]} among them; they would be random numbers: "
            "save the model again as a whole"
        )
    return model


def read_tokenizer(folder: Path) -> Any:
    """The tokenizer saved beside the model; InputError when there is none."""
    from transformers import AutoTokenizer

    if not any(path.is_file() for pattern in _VOCABULARIES for path in folder.glob(pattern)):
        raise InputError(f"the folder {folder} has no tokenizer; save it beside the model (tokenizer.save_pretrained does)")
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise InputError(f"the folder {folder} has no tokenizer that can be read ({_first_line(error)}); save it beside the model") from error


def digest(files: list[Path]) -> str:
    """SHA-256 of the files one after the other (of one file: its own)."""
    found = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 22):
                found.update(block)
    return found.hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
