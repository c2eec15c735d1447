"""Small vocabularies of every kind, trained on names and sentences of this project, in transformers' own classes.

The trainers of `tokenizers` break ties by chance; here the alphabet does, so that the same files come out again."""

import collections
import functools
import gzip
import pathlib
import re
import tempfile
import unicodedata

import sentencepiece
from open_clip.tokenizer import SimpleTokenizer, bytes_to_unicode
from sentencepiece import sentencepiece_model_pb2
from tokenizers import processors
from transformers import BertTokenizer, CLIPTokenizer, GemmaTokenizer, RobertaTokenizer, T5Tokenizer, XLMRobertaTokenizer

from names import species_names

SENTENCES = """the european honey bee visits a thistle on a dry meadow near the river
leaves opposite, lanceolate, serrate; flowers yellow in dense spikes; fruit a capsule
a large cat of the americas, plain brown, with a long tail and a pale belly
bill short and conical; crown grey, back streaked with brown, wing bars white
found under bark of dead oak, wings shining, antennae longer than the body
which species of tern nests on this island? the arctic tern, seen again in june
a photo of a bird in flight, a bad photo of the plant, an image of an insect on a flower""".splitlines()

# What the tests of small models tokenise: cleaning, letters of other scripts, nothing, and more than fits.
TEXTS = ["Puma concolor", "a photo of Abies × borisii-regis.", "Larus sp.", "the European honey bee, Apis mellifera, on a thistle",
         "", "x", "Ñandú &amp; naïve  café", "Сорока 雀 ﬁre ant", "leaves opposite, lanceolate, serrate; flowers yellow in dense spikes"]


def corpus():
    return [text.lower() for text in species_names(500, seed=11)] + SENTENCES * 4


def words(letters):
    """How often each word of the corpus occurs, as the letters it begins with."""
    counts = collections.Counter(word for line in corpus() for word in re.findall(r"\w+|[^\w\s]", line))
    return {letters(word): times for word, times in counts.items()}


def merges(words, count, joined="".join):
    """The pairs that occur most often, merged one after the other; of equal ones the first by the alphabet."""
    pairs_taken = []
    while len(pairs_taken) < count:
        pairs = collections.Counter()
        for word, times in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += times
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        pairs_taken.append(best)
        merged = collections.Counter()
        for word, times in words.items():
            letters, place = [], 0
            while place < len(word):
                step = 2 if word[place : place + 2] == best else 1
                letters.append(joined(word[place : place + step]) if step == 2 else word[place])
                place += step
            merged[tuple(letters)] += times
        words = merged
    return pairs_taken


def numbered(tokens):
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}


@functools.cache
def word_piece():
    """BERT's: `##` before what goes on."""

    def letters(word):
        word = unicodedata.normalize("NFD", word)
        word = "".join(letter for letter in word if unicodedata.category(letter) != "Mn")
        return tuple(letter if place == 0 else f"##{letter}" for place, letter in enumerate(word))

    def joined(pair):
        return pair[0] + pair[1].removeprefix("##")

    known = words(letters)
    alphabet = collections.Counter(letter for word, times in known.items() for letter in word * times)
    alphabet = sorted(letter for letter, times in alphabet.items() if times > 3)
    known = {word: times for word, times in known.items() if set(word) <= set(alphabet)}
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *alphabet, *map(joined, merges(known, 110, joined))]
    return BertTokenizer(vocab=numbered(tokens))


@functools.cache
def sentence_pieces(size):
    """Pieces with their scores, and the map of letters as SentencePiece packs it (here of a few letters, for it is large)."""
    letters = {"\ufb01": "fi", "\ufb02": "fl", "\u00a0": " ", "\u3000": " ", "\uff30": "P", "\u2019": "'"}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lines = [f"{ord(letter):X}\t{' '.join(f'{ord(other):X}' for other in text)}\n" for letter, text in letters.items()]
        (folder / "letters.tsv").write_text("".join(lines))
        (folder / "corpus.txt").write_text("\n".join(corpus()))
        sentencepiece.SentencePieceTrainer.train(
            input=str(folder / "corpus.txt"), model_prefix=str(folder / "trained"), vocab_size=size,
            normalization_rule_tsv=str(folder / "letters.tsv"), minloglevel=2, num_threads=1,
        )
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((folder / "trained.model").read_bytes())
    pieces = [(piece.piece, piece.score) for piece in model.pieces if piece.type == piece.NORMAL]
    return pieces, model.normalizer_spec.precompiled_charsmap


def unigram_pieces(size, special):
    return [(token, 0.0) for token in special] + sentence_pieces(size)[0]


def characters(size):
    return sentence_pieces(size)[1]


def t5(size=260):
    """T5's, without its hundred placeholders."""
    pieces = unigram_pieces(size, ["<pad>", "</s>", "<unk>"])
    return T5Tokenizer(vocab=pieces, extra_ids=0, _spm_precompiled_charsmap=characters(size))


def siglip(size=260):
    """SigLIP's first: T5's, where the padding is the end too."""
    pieces = unigram_pieces(size, ["<pad>", "</s>", "<unk>"])
    return T5Tokenizer(vocab=pieces, extra_ids=0, pad_token="</s>", _spm_precompiled_charsmap=characters(size))


def xlm_roberta(size=260):
    pieces = unigram_pieces(size, ["<s>", "<pad>", "</s>", "<unk>"]) + [("<mask>", 0.0)]
    return XLMRobertaTokenizer(vocab=pieces, _spm_precompiled_charsmap=characters(size))


def gemma():
    """SigLIP 2's: pairs of letters with bytes for what is unknown, an end and no beginning."""
    known = words(lambda word: tuple("▁" + word))
    alphabet = collections.Counter(letter for word, times in known.items() for letter in word * times)
    alphabet = sorted(letter for letter, times in alphabet.items() if times > 20)
    known = {word: times for word, times in known.items() if set(word) <= set(alphabet)}
    pairs = merges(known, 90)
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    vocabulary = numbered([*special, *alphabet, *map("".join, pairs)])
    tokenizer = GemmaTokenizer(vocab=vocabulary, merges=pairs, padding_side="right", add_bos_token=False, add_eos_token=True)
    tokenizer._tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <eos>", pair="$A <eos> $B <eos>", special_tokens=[("<eos>", 1)]
    )
    tokenizer.padding_side = "right"
    return tokenizer


def bytes_as_letters(word):
    return [bytes_to_unicode()[byte] for byte in word.encode()]


def roberta():
    """RoBERTa's: bytes as letters, the space a letter too."""
    pairs = merges(words(lambda word: tuple(bytes_as_letters(" " + word))), 60)
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *sorted(bytes_to_unicode().values()), *map("".join, pairs)]
    return RobertaTokenizer(vocab=numbered(tokens), merges=pairs)


@functools.cache
def clip_merges():
    """CLIP's: bytes as letters, the end of a word marked."""

    def letters(word):
        letters = bytes_as_letters(word)
        return (*letters[:-1], letters[-1] + "</w>")

    return merges(words(letters), 24)


def clip():
    """CLIP's in transformers' form, whose letters and merges open_clip's own reads too."""
    letters = list(bytes_to_unicode().values())
    ended = [letter + "</w>" for letter in letters]
    tokens = [*letters, *ended, *map("".join, clip_merges()), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab=numbered(tokens), merges=clip_merges())


def open_clip_simple(context):
    """open_clip's own tokenizer with those merges."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "merges.txt.gz"
        path.write_bytes(gzip.compress("\n".join(["#version", *map(" ".join, clip_merges())]).encode()))
        return SimpleTokenizer(bpe_path=str(path), context_length=context)
