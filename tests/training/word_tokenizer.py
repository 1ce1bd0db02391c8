"""A tokenizer of whole words, with the frame tokens that the encoder is used to."""

from __future__ import annotations

from tokenizers import Tokenizer, models, pre_tokenizers, processors

FRAME = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def word_tokenizer(*words: str) -> Tokenizer:
    """Return a tokenizer whose ids are 0 to 3 for the frame, then the words in their order."""
    vocabulary = {word: at for at, word in enumerate((*FRAME, *words))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer
