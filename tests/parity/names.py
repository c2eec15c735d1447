"""Names as they come in taxonomies: accents, hybrids, hyphens, authorships, and text gone wrong."""

import random

GENERA = """Puma Panthera Oenanthe Mentha Rosa Quercus Salix Festuca Bombus Apis Andrena Syrphus Eristalis Vanessa Aglais
Papaver Chenopodium Amaranthus Convolvulus Fallopia Echinochloa Setaria Lolium Alopecurus Galium Veronica Matricaria
Cirsium Sonchus Raphanus Sinapis Capsella Stellaria Viola Lamium Polygonum Persicaria Solanum Datura Ambrosia Xanthium
Zea Triticum Hordeum Avena Secale Brassica Beta Helianthus Linum Cannabis Pisum Vicia Medicago Trifolium Glycine Lens
Parus Cyanistes Périsoreus Aïdes ×Cupressocyparis Æshna Œdipoda Ceratophyllum Zygæna Phœnicopterus""".split()
EPITHETS = """concolor leo crocata × piperita canina robur alba rubra terrestris mellifera cineraria ribesii tenax atalanta
urticae rhoeas album retroflexus arvensis convolvulus crus-galli viridis multiflorum myosuroides aparine persica
chamomilla arvense asper raphanistrum bursa-pastoris media tricolor purpureum aviculare maculosa nigrum stramonium
artemisiifolia strumarium mays aestivum vulgare sativa cereale napus vulgaris annuus usitatissimum sativum faba lupulina
pratense max culinaris major caeruleus uva-crispa novae-angliae c-album io 7-punctata 14-guttata vitis-idæa
müller-argoviensis naïs coöperi""".split()
AUTHORS = ["L.", "(L.)", "L., 1758", "(Linnaeus, 1758)", "Mill.", "(Scop., 1763)", "Müll.Arg.", "Pérez & García, 2003",
           "d'Orbigny", "O'Donell", "(Kirby, 1802)", "Gay ex Guss.", "Çelik & Şahin", "Łapczyński", "Dvořák", "Ångström",
           "Ðorđević", "Lam. & DC.", "(Boiss. & Balansa) K.Koch", "Hort. ex Vilm.", "MacLeay, 1825", "Nguyễn & Trần"]
COMMON = ["Grevy's zebra", "Grévy’s zebra", "couguar", "mésange bleue", "œillet d'Inde", "chêne pédonculé", "black-eyed Susan",
          "7-spot ladybird", "St. John’s-wort", "ortie brûlante", "herbe à Robert", "pensée des champs", "renouée des oiseaux",
          "lion's mane", "Cooper's hawk", "they're bees", "I'm a bird", "we'd seen", "you'll see", "bourdon terrestre", "雀", "狮子",
          "Сорока", "Ψαρόνι", "أسد", "호랑이", "ヤマネコ", "ﬁre ant", "ﬂy orchid", "Ｐｕｍａ　ｃｏｎｃｏｌｏｒ"]
TEMPLATES = ["a photo of {}.", "a bad photo of a {}.", "an image of {}", "{}", "a photo of the {}, a type of plant.",
             "itap of my {}.", "a {} in a video game."]


def species_names(count, seed):
    """`count` distinct texts, most of them scientific names."""
    chance = random.Random(seed)
    names = {}
    while len(names) < count:
        name = f"{chance.choice(GENERA)} {chance.choice(EPITHETS)}"
        roll = chance.random()
        if roll < 0.15:
            name = f"{name.split()[0]} × {chance.choice(EPITHETS)}"
        elif roll < 0.25:
            name += f" {chance.choice(['subsp.', 'var.', 'f.', 'ssp.', 'cv.'])} {chance.choice(EPITHETS)}"
        elif roll < 0.3:
            name += " 'Golden Delicious'"
        if chance.random() < 0.4:
            name += f" {chance.choice(AUTHORS)}"
        if chance.random() < 0.2:
            name += f" with common name {chance.choice(COMMON)}"
        if chance.random() < 0.3:
            name = chance.choice(TEMPLATES).format(name)
        names[name] = None
    return list(names)


def broken_names(names, seed):
    """The same names after some of the accidents that files go through."""
    chance = random.Random(seed)
    accidents = [
        lambda text: text.encode("utf-8").decode("latin-1"),
        lambda text: text.encode("utf-8").decode("cp1252", errors="ignore"),
        lambda text: text.encode("utf-8").decode("cp1252", errors="replace"),
        lambda text: text.encode("utf-8").decode("mac_roman"),
        lambda text: text.encode("utf-8").decode("cp437"),
        lambda text: text.encode("utf-8").decode("cp1250", errors="ignore"),
        lambda text: text.encode("utf-8").decode("cp1251", errors="ignore"),
        lambda text: text.encode("utf-8").decode("iso-8859-2"),
        lambda text: text.encode("utf-8").decode("latin-1").encode("utf-8").decode("latin-1"),
        lambda text: text.encode("utf-8").decode("latin-1").replace("\xa0", " "),
        lambda text: text.encode("ascii", errors="xmlcharrefreplace").decode(),
        lambda text: text.replace("é", "&eacute;").replace("×", "&times;").replace("&", "&amp;"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "\t ", 1) + "\r\n",
        lambda text: "\ufeff" + text,
        lambda text: text.replace("a", "a\u0301", 1),
    ]
    return [chance.choice(accidents)(name) for name in names]


def awkward_names():
    """Texts that each try one rule of the cleaning or of the splitting."""
    return [
        "", " ", "a", "'", "''s", "’s", "Puma\x00concolor", "Puma\x1cconcolor", "Puma\u200bconcolor", "Puma\u2028concolor",
        "MÃ©sange bleue", "LâŒ£", "Ã  la mode", "voilÃ  le travail", "Ã©tÃ© Ã  Paris", "Mentha Ã— piperita", "Mentha Ã\x97 piperita",
        "GarcÃ\xada", "MuÌˆller", "l’humanitÃ©", "doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t", "IL Y MARQUÉ…", "Rhododendron × ‘Pink Pearl’", "schÃ¶n",
        "Å koda", "Ã…ngstrÃ¶m", "DvoÅ™Ã¡k", "ÅapczyÅ„ski", "NguyÃªÌƒn", "P&eacute;rez", "P&EACUTE;REZ", "Mentha &times; piperita",
        "&amp;eacute;", "&amp;amp;amp;", "&lt;b&gt;", "<i>Puma</i> &eacute;", "&#233;", "&#xE9;", "&#xE9", "&eacute", "&notit;", "&#0;", "&#128;",
        "&hellip;", "&nbsp;x", "AT&T", "R&D;", "&copy2003", "&#x110000;", "\x1b[36mblue\x1b[0m", "ﬃ ﬆ Ĳ ŉ ǆ", "ｶﾞ ％", "“quoted” „low“",
        "İstanbul", "ΣΊΣΥΦΟΣ", "Straße", "ǅ", "Ⅷ ⅷ ½ ² ①", "١٢٣", "ⓐ", "e\u0301 é", "가각", "日本語テスト", "👍🏽 emoji", "<start_of_text>x<end_of_text>",
        "<end_of_text>!", "x<END_OF_TEXT>", "don't DON'T can't we've I'LL", "'sa'tb", "____", "a_b-c.d,e;f", "100 000", "no.5", "3,14", "…", "x" * 300,
        "word " * 100, "donaudampfschifffahrtsgesellschaftskapitänsmütze", "¿Qué?", "Ñandú", "ã", "Â", "naïve café",
        "\ufffd", "â€œ like this â€\ufffd", "Ð¡Ð¾Ñ€Ð¾ÐºÐ°", "ä¸­æ–‡", "â€” dash", "Â© 2003", "10 Â°C", "Â±", "Ã¼ber", "fÃ cil", "√© ‚Ä¶", "æ ø å Å",
    ]
