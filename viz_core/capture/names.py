"""What names of modules tell: whether it is attention, whether across two sequences, and which layer it is."""

from __future__ import annotations

import re
import weakref

from torch import nn

_ATTENTION_CLASS = re.compile(r"attention|attn|(?<![a-z])mha(?![a-z])", re.IGNORECASE)
_NO_ATTENTION_CLASS = re.compile(
    r"norm|output|dropout|mask|bias|embed|rotary|rope|adapter|linear$|conv1d|softmax|projection$|pool(er|ing)?$|identity",
    re.IGNORECASE,
)
_ATTENTION_NAME = re.compile(
    r"^(self_?|cross_?|linear_?|encoder_?|enc_?dec_?|multi_?head_?|global_?|local_?|temporal_?|spatial_?)?"
    r"(attn|attention|mha)_?\d*$",
    re.IGNORECASE,
)
_CROSS = re.compile(
    r"cross_?\w*(attn|attention)|^cross$|enc_?dec_?\w*(attn|attention)|(encoder|source|src|context)_?(attn|attention)",
    re.IGNORECASE,
)
_SELF = re.compile(r"self_?(attn|attention)", re.IGNORECASE)
_GATE = re.compile(r"router|routing|gate|gating|moe|expert", re.IGNORECASE)
_LAYER = re.compile(r"^(?:(?:.*_)?(?:layers?|blocks?|blk|resblock|stage|h))?_?(\d+)$", re.IGNORECASE)


def is_attention(module: nn.Module, name: str) -> bool:
    """Whether a module calls itself attention, by its class or by the last part of its qualified name."""
    kind = type(module)
    if kind.__module__.startswith("torch.nn"):
        return isinstance(module, nn.MultiheadAttention)
    if _NO_ATTENTION_CLASS.search(kind.__name__):
        return False
    if _ATTENTION_CLASS.search(kind.__name__):
        return True
    return bool(_ATTENTION_NAME.match(name.rsplit(".", 1)[-1])) and not _is_one_projection(module)


def _is_one_projection(module: nn.Module) -> bool:
    """Whether a module holds one matrix only: it prepares attention's input or output (MobileBERT's bottleneck.attention)."""
    return sum(parameter.ndim > 1 for parameter in module.parameters()) == 1


def is_cross(module: nn.Module | None, name: str) -> bool | None:
    """True or False where a module says that its keys come from another or from the same sequence, None where it does not."""
    kind, parts = type(module).__name__, name.split(".")
    if _CROSS.search(parts[-1]) or _CROSS.search(kind):
        return True
    if _SELF.search(parts[-1]):
        return False
    if any(_CROSS.search(part) for part in parts):
        return True
    return False if _SELF.search(kind) else None


def is_gate(module: nn.Module | None, name: str) -> bool:
    """Whether a softmax in this module chooses experts, not positions."""
    if module is None or is_attention(module, name):
        return False
    return bool(_GATE.search(type(module).__name__) or _GATE.search(name.rsplit(".", 1)[-1]))


def is_decoder(name: str) -> bool | None:
    """True and False where a part of the name says decoder or encoder, None where none does."""
    parts = [part.lower() for part in name.split(".")]
    if any("decoder" in part for part in parts):
        return True
    return False if any("encoder" in part for part in parts) else None


class ModuleNames:
    """Qualified names of the modules below one root, and the layer that each name means."""

    def __init__(self, root: nn.Module) -> None:
        self.of_id = {id(module): name for name, module in root.named_modules()}
        self.module_of = {name: weakref.ref(module) for name, module in root.named_modules()}
        self._groups: dict[str, list[str]] = {}
        for name in self.of_id.values():
            self._groups.setdefault(skeleton(name), []).append(name)

    def find(self, module: nn.Module) -> str | None:
        """The name of a module; None when it is not (or no longer) below the root."""
        name = self.of_id.get(id(module))
        return name if name is not None and self.module_of[name]() is module else None

    def owner(self, name: str) -> nn.Module | None:
        """The module that holds the list in which a name's first number counts."""
        parts = name.split(".")
        first = next((i for i, part in enumerate(parts) if _LAYER.match(part)), len(parts))
        reference = self.module_of.get(".".join(parts[: max(first - 1, 0)]))
        return None if reference is None else reference()

    def layer(self, name: str) -> int:
        """The number in the name; with several numbers, its rank among the names that differ in numbers only."""
        numbers = [match for part in name.split(".") if (match := _LAYER.match(part))]
        if len(numbers) == 1:
            return int(numbers[0].group(1))
        group = self._groups.get(skeleton(name), [])
        return group.index(name) if name in group and numbers else 0


def skeleton(name: str) -> str:
    """A name with its layer numbers left out: "h.3.attn" → "h.#.attn"."""
    return ".".join("#" if _LAYER.match(part) else part for part in name.split("."))


_CACHE: weakref.WeakKeyDictionary[nn.Module, ModuleNames] = weakref.WeakKeyDictionary()


def names_of(root: nn.Module, fresh: bool = False) -> ModuleNames:
    """The names below a root, kept until the root is gone; `fresh` reads them again."""
    names = None if fresh else _CACHE.get(root)
    if names is None:
        names = _CACHE[root] = ModuleNames(root)
    return names

