#!/usr/bin/env python3
"""Writes a Darwin Core archive with as many rows as GBIF's backbone, columns and lengths like it.

    make_archive.py OUT.zip [ROWS]

Kingdoms to species with authors, one synonym for every two species or so, a few orphans. The same
bytes every time.
"""

import random
import sys
import zipfile

OUT = sys.argv[1]
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 7_000_000
HEADER = (
    "taxonID datasetID parentNameUsageID acceptedNameUsageID originalNameUsageID scientificName "
    "scientificNameAuthorship canonicalName genericName specificEpithet infraspecificEpithet taxonRank "
    "nameAccordingTo namePublishedIn taxonomicStatus nomenclaturalStatus taxonRemarks kingdom phylum class "
    "order family genus"
).split()
META = (
    '<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">\n'
    '<core encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" '
    'ignoreHeaderLines="1" rowType="http://rs.tdwg.org/dwc/terms/Taxon">\n'
    "<files><location>Taxon.tsv</location></files>\n<id index=\"0\"/>\n"
    + "".join(f'<field index="{i}" term="http://rs.tdwg.org/dwc/terms/{t}"/>\n' for i, t in enumerate(HEADER))
    + "</core>\n</archive>\n"
)
SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi xo zy bra cle dri flo gru".split()
draw = random.Random(7)


def word(count):
    return "".join(draw.choice(SYLLABLES) for _ in range(count))


authors = [f"{word(3).capitalize()}, {year}" for year in range(1758, 2020)]
datasets = ["7ddf754f-d193-4cc9-b351-99906754a03b", "9ca92552-f23a-41a8-a140-01abaa31c931"]


def rows():
    yield "\t".join(HEADER)
    number = 0

    def row(parent, accepted, canonical, rank, status, above, epithet=""):
        nonlocal number
        number += 1
        author = authors[number % len(authors)]
        cells = [str(number), datasets[number % 2], parent, accepted, "", f"{canonical} {author}", author, canonical,
                 canonical.split(" ")[0], epithet, "", rank, "", 'Some "journal, 12' if number % 97 == 0 else "",
                 status, "", ""] + above + [""] * (6 - len(above))
        return str(number), "\t".join(cells)

    kingdoms = [row("", "", f"{word(3).capitalize()}ia", "kingdom", "accepted", []) for _ in range(8)]
    for _, line in kingdoms:
        yield line
    made = len(kingdoms)
    while made < ROWS:
        kingdom, line = kingdoms[made % 8]
        names = [line.split("\t")[7]]
        parent = kingdom
        for rank, ending in [("phylum", "a"), ("class", "ia"), ("order", "ales"), ("family", "idae")]:
            name = f"{word(4).capitalize()}{ending}"
            parent, line = row(parent, "", name, rank, "accepted", list(names))
            names.append(name)
            yield line
        made += 4
        for _ in range(40):
            name = f"{word(4).capitalize()}us"
            genus, line = row(parent, "", name, "genus", "accepted", list(names))
            yield line
            made += 1
            for _ in range(draw.randint(1, 30)):
                epithet = word(3)
                species, line = row(genus, "", f"{name} {epithet}", "species", "accepted", names + [name], epithet)
                yield line
                made += 1
                if draw.random() < 0.6:
                    epithet = word(3)
                    _, line = row(genus, species, f"{name} {epithet}", "species", "synonym", names + [name], epithet)
                    yield line
                    made += 1
            if made >= ROWS:
                return


with zipfile.ZipFile(OUT, "w", zipfile.ZIP_DEFLATED, compresslevel=1, allowZip64=True) as archive:
    archive.writestr("meta.xml", META)
    with archive.open("Taxon.tsv", "w", force_zip64=True) as out:
        block = []
        for line in rows():
            block.append(line)
            if len(block) == 100_000:
                out.write(("\n".join(block) + "\n").encode())
                block.clear()
        out.write(("\n".join(block) + "\n").encode())
