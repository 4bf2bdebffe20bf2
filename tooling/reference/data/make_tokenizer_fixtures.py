"""Writes packages/data/fixtures/tokenizers: small tokenizer.json files, and what the Rust library behind Hugging Face's
`tokenizers` makes of some texts with them.

<name>.json is the tokenizer file, <name>.expected.json holds for each text its ids without and with special tokens, and
the text that each comes back as, special tokens written and left out. Run from the repository root:

    python3 -m venv /somewhere && /somewhere/bin/pip install tokenizers==0.23.3
    /somewhere/bin/python tooling/reference/data/make_tokenizer_fixtures.py
"""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

folder = Path("packages/data/fixtures/tokenizers")
folder.mkdir(parents=True, exist_ok=True)

corpus = [
    "The rain falls on the river, and the river runs to the sea.",
    "She was running when the rain began to fall; nobody else ran.",
    "Unbelievable! The runner's running time was 12.5 seconds, 3 faster than 1999.",
    "A recurrent network reads one word, remembers it, and reads the next.",
    "Reading and remembering, falling and rising: the words return.",
    "naïve café, Übergröße, señor",
] * 4

texts = [
    "The rain falls on the river.",
    "unbelievable runners, remembering!",
    "  two  spaces\nand a line ",
    "naïve CAFÉ",
    "emoji 🙂 and 中文 and Ω",
    "12.5 of 1999",
    "it's the runner's; they've read",
    "x",
    "",
    "<pad>the<unk> rain</s>",
    "[CLS] the [MASK] rain [PAD]",
    "low lower slower now",
    "words" * 21,
]


def write(name, tokenizer):
    tokenizer.save(str(folder / f"{name}.json"), pretty=False)
    rows = []
    for text in texts:
        plain = tokenizer.encode(text, add_special_tokens=False)
        framed = tokenizer.encode(text)
        rows.append({
            "text": text,
            "ids": plain.ids,
            "framed": framed.ids,
            "decoded": tokenizer.decode(framed.ids, skip_special_tokens=False),
            "skipped": tokenizer.decode(framed.ids, skip_special_tokens=True),
        })
    expected = {
        "size": tokenizer.get_vocab_size(),
        "special": {token.content: id for id, token in sorted(tokenizer.get_added_tokens_decoder().items())},
        "texts": rows,
    }
    (folder / f"{name}.expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")


special = ["<pad>", "<unk>", "<s>", "</s>"]

# Every entry written by hand: the file that a reader can follow.
hand = Tokenizer(models.BPE(
    vocab={"<unk>": 0, "l": 1, "o": 2, "w": 3, "e": 4, "r": 5, "lo": 6, "low": 7, "er": 8, "lower": 9, "n": 10},
    merges=[("l", "o"), ("lo", "w"), ("e", "r"), ("low", "er")],
    unk_token="<unk>",
))
hand.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
write("hand-bpe", hand)

# As BERT's: lower case without accents, words and punctuation, ## inside a word, [CLS] and [SEP] around a text.
wordpiece = Tokenizer(models.WordPiece(unk_token="[UNK]"))
wordpiece.normalizer = normalizers.BertNormalizer(lowercase=True)
wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
wordpiece.decoder = decoders.WordPiece()
wordpiece.train_from_iterator(corpus, trainers.WordPieceTrainer(
    vocab_size=140, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False,
))
wordpiece.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
)
write("wordpiece", wordpiece)

# As GPT-2's: every text can be written, byte by byte if need be.
bytelevel = Tokenizer(models.BPE())
bytelevel.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
bytelevel.decoder = decoders.ByteLevel()
bytelevel.post_processor = processors.ByteLevel(trim_offsets=False)
bytelevel.train_from_iterator(corpus, trainers.BpeTrainer(
    vocab_size=340, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
))
write("byte-level-bpe", bytelevel)

# As Llama's: spaces as a letter, bytes for what has no piece, <s> before a text.
spaced = [f"▁{word}" for text in corpus for word in text.split(" ")]
trained = Tokenizer(models.BPE())
trained.train_from_iterator(spaced, trainers.BpeTrainer(vocab_size=110, show_progress=False))
learned = json.loads(trained.to_str())["model"]
pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + list(learned["vocab"])
fallback = Tokenizer(models.BPE(
    vocab={piece: id for id, piece in enumerate(pieces)},
    merges=[tuple(merge) for merge in learned["merges"]],
    unk_token="<unk>", fuse_unk=True, byte_fallback=True,
))
fallback.add_special_tokens(["<unk>", "<s>", "</s>"])
fallback.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
fallback.decoder = decoders.Sequence([
    decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0),
])
fallback.post_processor = processors.TemplateProcessing(
    single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)],
)
write("byte-fallback-bpe", fallback)

# As T5's: the likeliest pieces, </s> behind a text.
unigram = Tokenizer(models.Unigram())
unigram.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
unigram.pre_tokenizer = pre_tokenizers.Metaspace()
unigram.decoder = decoders.Metaspace()
unigram.train_from_iterator(corpus, trainers.UnigramTrainer(
    vocab_size=120, special_tokens=special, unk_token="<unk>", show_progress=False,
))
unigram.post_processor = processors.TemplateProcessing(
    single="$A </s>", pair="$A </s> $B:1 </s>:1", special_tokens=[("</s>", 3)],
)
write("unigram", unigram)
