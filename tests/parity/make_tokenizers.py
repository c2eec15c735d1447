"""Writes tests/fixtures/tokenizers: small tokenizers of each kind, and what transformers and open_clip make of texts.

Run it again only when a fixture has to change:

    pip install open_clip_torch==3.3.0 torch==2.11.0 transformers==5.24.0 tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python tests/parity/make_tokenizers.py

`texts.json.gz` holds 2 000 names and 500 sentences. Each kind is a folder as `save_pretrained` writes it, or with the older
files that transformers converts, and `ids.json.gz`: a list of runs, each with what it was done with (`cleaning`, `strip`: the
separator that is made padding, `lower_case`: of sentence-transformers, `context`, `pad`: whether rows are filled to the
context) and `ids`, one row for each text, null where the program differs as `OTHERWISE` says. The trainers of the tokenizers
package break ties by chance: another run makes vocabularies that differ a little.
"""

import gzip
import json
import logging
import os
import pathlib
import random
import shutil
import tempfile

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import sentencepiece
from open_clip.tokenizer import HFTokenizer
from sentence_transformers.base.modules import transformer as sentence
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoTokenizer,
    BertTokenizer,
    CLIPTokenizer,
    GemmaTokenizer,
    PreTrainedTokenizerFast,
    RobertaTokenizer,
    Siglip2Tokenizer,
    SiglipTokenizer,
    T5Tokenizer,
    XLMRobertaTokenizer,
)

from names import AUTHORS, COMMON, EPITHETS, GENERA, awkward_names, broken_names, species_names

logging.disable(logging.WARNING)
HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures" / "tokenizers"

NOTES = """Seen at dusk on the edge of a reed bed; wings folded, antennae clubbed.
Leaves opposite, lanceolate, 3–7 cm long, glabrous above and tomentose below.
Caudal fin forked, with 12-14 dark bars along the flank & a yellow belly.
Flowers white to pale pink, petals 5, stamens many (ca. 20); fruit a drupe.
What is the difference between {a} and {b}?
It isn't {a}, as we'd first thought: the elytra aren't striate, they're punctate.
{a} is a host of {b} and of {c}.
Specimen no. {n}, det. {author}, leg. unknown, alt. {n} m, 46°31′N 6°38′E.
{a}_{b}_{n}.jpg
query: habitat of {a}
passage: {a} ({common}) lives in dry meadows, scree and quarries up to 2,{n} m.
<b>{a}</b> &amp; <i>{b}</i> were found {n} km apart.
「{common}」と{a}
{a}/{b}-{c}|{n}#{n}@{author}
The {common} sings from March to July; cf. {a} × {b}, “hybrid”.
Mycelium hyaline... spores 5–7×3–4 µm, Q=1.5, KOH+, {a} agg.
{author} wrote: "{a}, not {b}!" (p. {n})
TAXON={a};RANK=SPECIES;AUTHOR={author}
Пыльца {a} найдена в меду, {n} зёрен.
👀 {a} 🌿🌿 {common} ✅""".split("\n")

ODD = [
    "\t", "\n\n", "   ", "\u3000", "\u00a0", " Puma", "Puma ", "  Puma   concolor  ", "\nPuma\r\nconcolor\n", "a\tb\vc\fd", "a\x1cb", "a\x85b",
    "\x00", "a\x00b", "\x07bell\x7f", "\u200b", "a\u200db", "a\u00adb", "\ufeffa", "\ufffd", "\u202eabc\u202c", "\ue000",
    "[CLS]", "a [SEP] b", "[MASK]", "[UNK]x[PAD]", "</s>", "a </s> b", "<s>a</s>", "<pad>", "<unk>", "a<mask>b", "a <mask> b", "<bos>a<eos>",
    "<extra_id_0>", "a <extra_id_99> b", "<|startoftext|>", "<|endoftext|> x", "[cls]", "< / s >", "<0x41>", "▁", "▁a", "a▁b", "▁▁a ▁ b", "Ġ", "aĠb",
    "ééé", "e\u0301e\u0301", "Å", "A\u030a", "½ ⅓ ①②③ Ⅷ", "ﬁﬂﬃ", "Ｆｕｌｌ　ｗｉｄｔｈ", "ⓒ ™ ℃ №", "ẞß", "ǅ ǆ", "İıIi", "ΑΣ ΣΑΣ", "ς", "ﷺ", "가각힣", "각",
    "狮子和猫", "日本語テスト。", "สวัสดี", "नमस्ते", "שלום", "مرحبا", "👍🏽", "👨‍👩‍👧‍👦", "🇨🇭", "𝒜𝓁𝓅𝒽𝒶", "𐍈", "´x", "a¨", "¸", "x\u0338",
    "____", "__a__", "a_b", "_", "snake_case_name", "a-b", "--", "...", "!!!", "a.b,c;d:e", "'", "\"", "`a`", "~", "^", "#$%&*+", "{}[]()<>", "/\\|",
    "1", "12345678901234567890", "3.14159", "1,000", "1e-5", "0x1F", "Ⅳ", "٣", "x²", "H₂O", "10 µm", "5′", "°",
    "it's", "IT'S", "I'm we've they'll he'd", "'s 't 're", "don’t", "O’Brien", "a' b' c'",
    "&amp;", "&lt;b&gt;", "&eacute;", "&amp;amp;lt;", "&#x27;", "&nbsp;", "&notanentity;", "MÃ©sange", "â€œquotedâ€\x9d", "Ã—", "ÃƒÂ©",
    "a" * 99, "a" * 100, "a" * 101, "é" * 101, "ab" * 400, "a b " * 300, "。" * 200, " " * 300, "\n" * 50, "Puma concolor " * 400, "x " * 62, "x " * 63,
    "x " * 64, "🙂" * 80, "-" * 500, "a  b   c    d", "a \n b", "a\u2009b\u202fc", "\u2028a\u2029", "e" + "\u0301" * 40, "supercalifragilisticexpialidocious",
    "Hello, world! How are you?", "HELLO WORLD", "hello", "ÀÉÎÕÜ àéîõü", "Çelik Şahin Łapczyński Đorđević",
]


def sentences(count, seed):
    """`count` distinct texts: notes with names in them, and texts that each try one rule."""
    chance = random.Random(seed)
    texts = dict.fromkeys(ODD)
    texts.update(dict.fromkeys(awkward_names()))
    names = species_names(400, seed)
    while len(texts) < count:
        note = chance.choice(NOTES)
        a, b, c = chance.sample(names, 3)
        filled = note.format(a=a, b=b, c=c, n=chance.randrange(1000), author=chance.choice(AUTHORS), common=chance.choice(COMMON))
        if chance.random() < 0.1:
            filled = filled.upper()
        if chance.random() < 0.1:
            filled = broken_names([filled], chance.randrange(10**6))[0]
        texts[filled] = None
    return list(texts)[:count]


def all_texts():
    """The texts of the fixtures: 2 000 names, of which 600 went through an accident, and 500 sentences."""
    names = species_names(2000, 11)
    names = names[:1400] + broken_names(names[1400:], 12)
    return names + sentences(500, 13)


def corpus():
    """What the tokenizers are trained on: names and notes, mostly in letters that are in every vocabulary."""
    texts = species_names(3000, 21) + sentences(900, 22)[len(ODD) + len(awkward_names()):]
    return [text for text in texts if len(text) < 300] + GENERA + EPITHETS


def byte_pairs(size, alphabet_limit=None, specials=(), normalizer=None, pre_tokenizer=None, initial=(), suffix=None):
    """Vocabulary and merges of byte pairs."""
    ends = {} if suffix is None else {"end_of_word_suffix": suffix}
    tokenizer = Tokenizer(models.BPE(**ends))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    limit = {} if alphabet_limit is None else {"limit_alphabet": alphabet_limit}
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(specials), initial_alphabet=sorted(initial), show_progress=False, **limit, **ends
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def words(size, lower_case):
    """A vocabulary of word pieces, in BERT's order."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower_case)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=specials, limit_alphabet=150, show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    return json.loads(tokenizer.to_str())["model"]["vocab"]


RULES = [("ﬁ", "fi"), ("ﬂ", "fl"), ("½", "1⁄2"), ("①", "1"), ("Ⅷ", "VIII"), ("℃", "°C"), ("…", "..."), ("´", " \u0301"), ("\u00a0", " "), ("\u3000", " "),
         ("\u200b", " "), ("\t", " "), ("\n", " "), ("\r", " "), ("\u007f", ""), ("e\u0301", "é"), ("Ａ", "A"), ("Ｐ", "P"), ("ｕ", "u")]


def pieces(folder, **options):
    """A SentencePiece model of unigrams with a small table of normalisation in it."""
    text, rules = folder / "text.txt", folder / "rules.tsv"
    text.write_text("\n".join(line.replace("\n", " ") for line in corpus()), encoding="utf-8")
    code = lambda letters: " ".join(f"{ord(letter):X}" for letter in letters)
    rules.write_text("".join(f"{code(source)}\t{code(target)}\n" for source, target in RULES), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "spiece"), model_type="unigram", normalization_rule_tsv=str(rules),
        character_coverage=0.995, num_threads=1, minloglevel=2, shuffle_input_sentence=False, **options,
    )
    for name in ["text.txt", "rules.tsv", "spiece.vocab"]:
        (folder / name).unlink()
    return folder / "spiece.model"


def rows(tokenizer, texts, context):
    """What transformers gives, cut and not filled."""
    return tokenizer(texts, truncation=True, max_length=context)["input_ids"]


def reference(folder):
    """What transformers reads from a folder."""
    return AutoTokenizer.from_pretrained(str(folder))


def plain(folder, texts, context):
    return {"cleaning": "none", "context": context, "ids": rows(reference(folder), texts, context)}


def cleaned(folder, texts, context, cleaning, strip=False):
    """What open_clip gives, filled to the context."""
    tokenizer = HFTokenizer(str(folder), context_length=context, clean=cleaning, strip_sep_token=strip)
    separator = tokenizer.tokenizer.sep_token_id if strip else None
    return {"cleaning": cleaning, "strip": separator, "context": context, "pad": True, "ids": tokenizer(texts).tolist()}


def lowered(folder, texts, context):
    """What sentence-transformers gives with `do_lower_case`."""
    tokenizer = reference(folder)
    own = tokenizer.backend_tokenizer.normalizer
    if not sentence._has_lowercase(own):
        own = list(own) if isinstance(own, normalizers.Sequence) else [own] if own is not None else []
        tokenizer.backend_tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), *own])
    return {"cleaning": "none", "lower_case": True, "context": context, "ids": rows(tokenizer, texts, context)}


def write(kind, runs):
    folder = FIXTURES / kind
    for name in ["README.md", "chat_template.jinja"]:
        (folder / name).unlink(missing_ok=True)
    for path in folder.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        path.write_text(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    put(folder / "ids.json.gz", runs)
    size = sum(path.stat().st_size for path in folder.iterdir())
    lengths = [len(row) for row in runs[0]["ids"]]
    print(f"{kind}: {size} bytes, {sum(lengths) / len(lengths):.1f} tokens a text")


def put(path, value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def fresh(kind):
    folder = FIXTURES / kind
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def bert(texts):
    """WordPiece without case, as e5, MiniLM, mxbai and DPR have it, and as open_clip's CLIPA takes it."""
    folder = fresh("bert")
    BertTokenizer(vocab=words(1200, True), do_lower_case=True, model_max_length=512).save_pretrained(folder)
    write("bert", [plain(folder, texts, 32), cleaned(folder, texts, 16, "whitespace", strip=True), cleaned(folder, texts, 48, "lower")])


def bert_vocabulary(texts):
    """WordPiece with case, from `vocab.txt`, Chinese letters not set apart, accents taken off."""
    folder = fresh("bert_vocabulary")
    vocabulary = sorted(words(900, False).items(), key=lambda item: item[1])
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token, _ in vocabulary), encoding="utf-8")
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    write("bert_vocabulary", [plain(folder, texts, 24), lowered(folder, texts, 24)])


def roberta(texts):
    """Byte pairs of bytes, from `tokenizer.json`."""
    folder = fresh("roberta")
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    vocab, merges = byte_pairs(1200, specials=specials, initial=alphabet, pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False))
    RobertaTokenizer(vocab=vocab, merges=merges, model_max_length=512).save_pretrained(folder)
    write("roberta", [plain(folder, texts, 40), lowered(folder, texts, 40)])


def roberta_merges(texts):
    """Byte pairs of bytes, from `vocab.json` and `merges.txt`, a space put before the text."""
    folder = fresh("roberta_merges")
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    vocab, merges = byte_pairs(700, specials=specials, initial=alphabet, pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False))
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "RobertaTokenizer", "add_prefix_space": True}))
    (folder / "special_tokens_map.json").write_text(json.dumps({
        "mask_token": {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False, "normalized": False}
    }))
    write("roberta_merges", [plain(folder, texts, 40)])


def clip(texts):
    """Byte pairs of bytes as transformers' CLIPModel reads them, from `vocab.json` and `merges.txt`."""
    folder = fresh("clip")
    split = Regex(r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+""")
    steps = [pre_tokenizers.Split(split, behavior="removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    clean = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    vocab, merges = byte_pairs(700, initial=alphabet, normalizer=clean, pre_tokenizer=pre_tokenizers.Sequence(steps), suffix="</w>")
    # Letters at the end of a word that the training did not meet.
    for letter in sorted(alphabet):
        vocab.setdefault(f"{letter}</w>", len(vocab))
    for token in ["<|startoftext|>", "<|endoftext|>"]:
        vocab[token] = len(vocab)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77}))
    run = plain(folder, texts, 40)
    saved = fresh("clip_file")
    reference(folder).save_pretrained(saved)
    write("clip", [run])
    write("clip_file", [plain(saved, texts, 40)])


def gemma_pairs():
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *(f"<0x{byte:02X}>" for byte in range(256))]
    return byte_pairs(
        1500, alphabet_limit=90, specials=specials, normalizer=normalizers.Replace(" ", "▁"),
        pre_tokenizer=pre_tokenizers.Split(pattern=" ", behavior="merged_with_previous"),
    )


def gemma(texts):
    """Byte pairs that fall back to bytes, with an end and no beginning, as SigLIP 2 has them in open_clip."""
    folder = fresh("gemma")
    vocab, merges = gemma_pairs()
    GemmaTokenizer(vocab=vocab, merges=merges, padding_side="right", add_bos_token=False, add_eos_token=True).save_pretrained(folder)
    write("gemma", [cleaned(folder, texts, 64, "canonicalize"), plain(folder, texts, 64)])


def siglip2(texts):
    """The same in small letters, as transformers' SigLIP 2 has them."""
    folder = fresh("siglip2")
    vocab, merges = gemma_pairs()
    Siglip2Tokenizer(vocab=vocab, merges=merges, padding_side="right", add_bos_token=False, add_eos_token=True).save_pretrained(folder)
    write("siglip2", [plain(folder, texts, 64)])


def t5(texts):
    """Unigrams with an end, as sentence-T5 has them."""
    folder = fresh("t5")
    with tempfile.TemporaryDirectory() as work:
        pieces(pathlib.Path(work), vocab_size=1100, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
        T5Tokenizer.from_pretrained(work).save_pretrained(folder)
    write("t5", [plain(folder, texts, 40), lowered(folder, texts, 40)])


def xlm_roberta(texts):
    """Unigrams with a beginning and an end, as multilingual e5 has them."""
    folder = fresh("xlm_roberta")
    with tempfile.TemporaryDirectory() as work:
        model = pieces(pathlib.Path(work), vocab_size=1100, unk_id=0, bos_id=1, eos_id=2, pad_id=-1)
        model.rename(model.with_name("sentencepiece.bpe.model"))
        XLMRobertaTokenizer.from_pretrained(work).save_pretrained(folder)
    write("xlm_roberta", [plain(folder, texts, 40), cleaned(folder, texts, 77, "whitespace")])


# SiglipTokenizer is SentencePiece itself: it finds its own tokens before it cleans a text, counts a space that its table makes
# of the first letter, and mends a letter with forty accents, of which the tokenizers package mends none.
OTHERWISE = ["</s>", "a </s> b", "<s>a</s>", "<unk>", "´x", "e" + "\u0301" * 40]


def siglip(texts):
    """Unigrams whose end is the padding too, as SigLIP has them in open_clip and in transformers."""
    folder = fresh("siglip")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        pieces(work, vocab_size=1000, eos_id=1, unk_id=2, pad_id=0, bos_id=-1)
        T5Tokenizer.from_pretrained(work, extra_ids=0, pad_token="</s>").save_pretrained(folder)
        slow = SiglipTokenizer.from_pretrained(work)
        ids = slow(texts, truncation=True, max_length=64, padding="max_length")["input_ids"]
        ids = [None if text in OTHERWISE else row for text, row in zip(texts, ids)]
    write("siglip", [cleaned(folder, texts, 64, "canonicalize"), {"cleaning": "siglip", "context": 64, "pad": True, "ids": ids}])


def file_alone(texts):
    """A `tokenizer.json` of no class, read as it is: several steps, cut on the left."""
    folder = fresh("file_alone")
    split = Regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    steps = [pre_tokenizers.Split(split, behavior="isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = ["<|begin|>", "<|end|>", "<|pad|>"]
    vocab, merges = byte_pairs(700, specials=specials, initial=alphabet, pre_tokenizer=pre_tokenizers.Sequence(steps))
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, ignore_merges=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    template = processors.TemplateProcessing(single="<|begin|> $A <|end|>", special_tokens=[("<|begin|>", 0), ("<|end|>", 1)])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    tokenizer.enable_truncation(17, direction="left")
    tokenizer.enable_padding(pad_id=2, pad_token="<|pad|>", length=17)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>", extra_special_tokens=["Puma"])
    fast.save_pretrained(folder)
    write("file_alone", [plain(folder, texts, 20)])


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    texts = all_texts()
    put(FIXTURES / "texts.json.gz", texts)
    for kind in [bert, bert_vocabulary, roberta, roberta_merges, clip, gemma, siglip2, t5, xlm_roberta, siglip, file_alone]:
        kind(texts)


if __name__ == "__main__":
    main()
