"""Small randomly initialised Hugging Face models of many kinds: name → (configuration, class, inputs).

Inputs with padding where the architecture takes any. Built without downloads.
"""

from __future__ import annotations

import copy
import functools
import warnings

import torch
import transformers as tf

tf.logging.set_verbosity_error()
warnings.filterwarnings("ignore", module="torch")

IDS = dict(vocab_size=60, bos_token_id=1, eos_token_id=2, pad_token_id=0)
ENCODER = dict(IDS, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=64)
DECODER = dict(ENCODER, num_key_value_heads=2)
SMALL_GPT = dict(vocab_size=60, n_layer=2, n_head=4, n_embd=32, n_positions=64, bos_token_id=1, eos_token_id=2)
SEQ2SEQ = dict(
    IDS, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
    encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=64, decoder_start_token_id=1,
)  # fmt: skip
T5 = dict(IDS, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, decoder_start_token_id=0, relative_attention_num_buckets=8)
VISION = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=32, patch_size=8)
TEXT_TOWER = dict(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=60, max_position_embeddings=64,
    eos_token_id=2, bos_token_id=1,
)  # fmt: skip
AUDIO = dict(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, conv_dim=[16] * 2, conv_stride=[2] * 2,
    conv_kernel=[3] * 2, num_feat_extract_layers=2, num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2,
)  # fmt: skip
_WITHOUT_POSITIONS = {key: value for key, value in SEQ2SEQ.items() if key != "max_position_embeddings"}

generator = torch.Generator().manual_seed(0)
TOKENS = torch.randint(3, 60, (2, 9), generator=generator)
PADDING = torch.ones(2, 9, dtype=torch.long)
PADDING[1, 6:] = 0
TEXT = dict(input_ids=TOKENS, attention_mask=PADDING)
PAIR = dict(TEXT, decoder_input_ids=torch.randint(3, 60, (2, 5), generator=generator))
IMAGE = dict(pixel_values=torch.randn(2, 3, 32, 32, generator=generator))
SOUND = dict(input_values=torch.randn(2, 200, generator=generator))

TABLE: dict[str, tuple[str, dict, str, dict]] = {
    "BERT": ("BertConfig", ENCODER, "BertModel", TEXT),
    "RoBERTa": ("RobertaConfig", ENCODER, "RobertaModel", TEXT),
    "DistilBERT": ("DistilBertConfig", dict(vocab_size=60, dim=32, n_layers=2, n_heads=4, hidden_dim=48), "DistilBertModel", TEXT),
    "ELECTRA": ("ElectraConfig", dict(ENCODER, embedding_size=32), "ElectraModel", TEXT),
    "ALBERT": ("AlbertConfig", dict(ENCODER, embedding_size=16), "AlbertModel", TEXT),
    "MPNet": ("MPNetConfig", ENCODER, "MPNetModel", TEXT),
    "MobileBERT": ("MobileBertConfig", ENCODER, "MobileBertModel", TEXT),
    "ConvBERT": ("ConvBertConfig", ENCODER, "ConvBertModel", TEXT),
    "DeBERTa": ("DebertaConfig", dict(ENCODER, relative_attention=True, pos_att_type=["p2c", "c2p"]), "DebertaModel", TEXT),
    "DeBERTa-v2": (
        "DebertaV2Config",
        dict(ENCODER, relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=8),
        "DebertaV2Model",
        TEXT,
    ),
    "XLNet": ("XLNetConfig", dict(vocab_size=60, d_model=32, n_layer=2, n_head=4, d_inner=48), "XLNetModel", TEXT),
    "ModernBERT": ("ModernBertConfig", dict(ENCODER, global_attn_every_n_layers=2, local_attention=4), "ModernBertModel", TEXT),
    "GPT-2": ("GPT2Config", SMALL_GPT, "GPT2LMHeadModel", TEXT),
    "GPT-J": ("GPTJConfig", dict(SMALL_GPT, rotary_dim=4), "GPTJModel", TEXT),
    "CodeGen": ("CodeGenConfig", dict(SMALL_GPT, rotary_dim=4), "CodeGenModel", TEXT),
    "GPT-BigCode": ("GPTBigCodeConfig", SMALL_GPT, "GPTBigCodeModel", TEXT),
    "GPT-NeoX": ("GPTNeoXConfig", ENCODER, "GPTNeoXModel", TEXT),
    "Llama": ("LlamaConfig", DECODER, "LlamaForCausalLM", TEXT),
    "Qwen2": ("Qwen2Config", DECODER, "Qwen2Model", TEXT),
    "Qwen3": ("Qwen3Config", dict(DECODER, head_dim=8), "Qwen3Model", TEXT),
    "Mistral": ("MistralConfig", dict(DECODER, sliding_window=4), "MistralModel", TEXT),
    "Mixtral": ("MixtralConfig", dict(DECODER, num_local_experts=2), "MixtralModel", TEXT),
    "Gemma": ("GemmaConfig", dict(DECODER, head_dim=8), "GemmaModel", TEXT),
    "Gemma 2 (soft cap)": ("Gemma2Config", dict(DECODER, head_dim=8, sliding_window=4, attn_logit_softcapping=2.0), "Gemma2Model", TEXT),
    "Gemma 3": ("Gemma3TextConfig", dict(DECODER, head_dim=8, sliding_window=4), "Gemma3TextModel", TEXT),
    "Phi": ("PhiConfig", ENCODER, "PhiModel", TEXT),
    "Falcon": ("FalconConfig", dict(ENCODER, alibi=False), "FalconModel", TEXT),
    "BLOOM": ("BloomConfig", dict(vocab_size=60, hidden_size=32, n_layer=2, n_head=4), "BloomModel", TEXT),
    "MPT": ("MptConfig", dict(vocab_size=60, d_model=32, n_layers=2, n_heads=4, max_seq_len=64, expansion_ratio=2), "MptModel", TEXT),
    "OPT": ("OPTConfig", dict(ENCODER, ffn_dim=48, word_embed_proj_dim=32), "OPTModel", TEXT),
    "BART": ("BartConfig", SEQ2SEQ, "BartModel", PAIR),
    "mBART": ("MBartConfig", SEQ2SEQ, "MBartModel", PAIR),
    "Marian": ("MarianConfig", SEQ2SEQ, "MarianModel", PAIR),
    "Pegasus": ("PegasusConfig", SEQ2SEQ, "PegasusModel", PAIR),
    "M2M100": ("M2M100Config", SEQ2SEQ, "M2M100Model", PAIR),
    "NLLB-MoE": ("NllbMoeConfig", dict(SEQ2SEQ, num_experts=2), "NllbMoeModel", PAIR),
    "T5": ("T5Config", T5, "T5ForConditionalGeneration", PAIR),
    "mT5": ("MT5Config", T5, "MT5Model", PAIR),
    "Whisper": (
        "WhisperConfig",
        dict(_WITHOUT_POSITIONS, num_mel_bins=8, max_source_positions=20, max_target_positions=20),
        "WhisperModel",
        dict(input_features=torch.randn(2, 8, 40, generator=generator), decoder_input_ids=PAIR["decoder_input_ids"]),
    ),
    "Speech2Text": (
        "Speech2TextConfig",
        dict(_WITHOUT_POSITIONS, input_feat_per_channel=8, max_source_positions=40, max_target_positions=40, conv_channels=16),
        "Speech2TextModel",
        dict(input_features=torch.randn(2, 40, 8, generator=generator), decoder_input_ids=PAIR["decoder_input_ids"]),
    ),
    "wav2vec 2": ("Wav2Vec2Config", AUDIO, "Wav2Vec2Model", SOUND),
    "ViT": ("ViTConfig", VISION, "ViTModel", IMAGE),
    "DeiT": ("DeiTConfig", VISION, "DeiTModel", IMAGE),
    "DINOv2": ("Dinov2Config", VISION, "Dinov2Model", IMAGE),
    "BEiT": ("BeitConfig", VISION, "BeitModel", IMAGE),
    "SegFormer": (
        "SegformerConfig",
        dict(hidden_sizes=[16, 32, 32, 32], depths=[1] * 4, num_attention_heads=[1, 2, 4, 4], image_size=32),
        "SegformerModel",
        IMAGE,
    ),
    "CLIP": ("CLIPConfig", dict(text_config=TEXT_TOWER, vision_config=VISION), "CLIPModel", dict(TEXT, **IMAGE)),
}
"""Architectures whose attention must be recorded exactly."""

REFUSED: dict[str, tuple[str, dict, str, dict]] = {
    "Longformer": ("LongformerConfig", dict(ENCODER, attention_window=4), "LongformerModel", TEXT),
    "BigBird (sparse)": (
        "BigBirdConfig",
        dict(ENCODER, max_position_embeddings=256, block_size=8, num_random_blocks=1),
        "BigBirdModel",
        dict(input_ids=torch.randint(3, 60, (1, 128), generator=generator)),
    ),
    "Nystromformer": (
        "NystromformerConfig",
        dict(ENCODER, num_landmarks=3, segment_means_seq_len=12),
        "NystromformerModel",
        dict(input_ids=torch.randint(3, 60, (2, 12), generator=generator)),
    ),
    "Reformer": (
        "ReformerConfig",
        dict(
            vocab_size=60, hidden_size=32, attention_head_size=8, num_attention_heads=4, axial_pos_embds=False, num_buckets=2,
            max_position_embeddings=64, attn_layers=["local", "lsh"], local_attn_chunk_length=4, lsh_attn_chunk_length=4,
        ),
        "ReformerModel",
        dict(input_ids=torch.randint(3, 60, (2, 16), generator=generator)),
    ),
    "gpt-oss (sinks)": ("GptOssConfig", dict(DECODER, head_dim=8, num_local_experts=2, num_experts_per_tok=1), "GptOssModel", TEXT),
    "LongT5": ("LongT5Config", dict(T5, local_radius=4), "LongT5Model", PAIR),
    "RWKV": ("RwkvConfig", dict(vocab_size=60, hidden_size=32, num_hidden_layers=2, context_length=64), "RwkvModel", dict(input_ids=TOKENS)),
    "FNet": ("FNetConfig", dict(IDS, hidden_size=32, num_hidden_layers=2), "FNetModel", dict(input_ids=TOKENS)),
    "Mamba": ("MambaConfig", dict(vocab_size=60, hidden_size=32, num_hidden_layers=2, state_size=4), "MambaModel", dict(input_ids=TOKENS)),
    "Qwen3-Next (hybrid)": (
        "Qwen3NextConfig",
        dict(
            DECODER, head_dim=8, num_experts=2, num_experts_per_tok=1, moe_intermediate_size=16, shared_expert_intermediate_size=16,
            linear_num_value_heads=4, linear_num_key_heads=2, linear_key_head_dim=8, linear_value_head_dim=8,
            layer_types=["full_attention", "linear_attention"],
        ),
        "Qwen3NextModel",
        TEXT,
    ),
}  # fmt: skip
"""Architectures without a plain map of queries and keys: each must be an error."""


@functools.cache
def model(name: str, eager: bool = False) -> torch.nn.Module:
    """The model in its default setting, or the same weights with eager attention."""
    config_class, options, model_class, _ = (TABLE | REFUSED)[name]
    config = getattr(tf, config_class)(**copy.deepcopy(options))
    kind = getattr(tf, model_class)
    if eager:
        found = kind._from_config(config, attn_implementation="eager").eval()
        found.load_state_dict(model(name).state_dict())
        return found
    torch.manual_seed(0)
    found = kind(config).eval()
    with torch.no_grad():
        for parameter in found.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.25)  # the usual 0.02 would leave every map near uniform
    return found


def inputs(name: str) -> dict[str, torch.Tensor]:
    return (TABLE | REFUSED)[name][3]
