"""What people said of images, and the language and the noun of pages."""

import json
from pathlib import Path

import pytest

import nearmiss as nm

PREDICTIONS = {
    "image": ["1", "2", "3", "4"],
    "truth": ["Felis catus", "Felis catus", "Lynx lynx", "Lynx lynx"],
    "predicted": ["Felis catus", "Felis silvestris", "Felis catus", "Lynx lynx"],
}


def metrics_of(folder: Path, **options: object) -> dict:
    nm.evaluate(PREDICTIONS, clade="Felidae", **options).save(folder, tables_only=True)
    return json.loads((folder / "metrics.json").read_text())


def test_verdicts_may_be_a_table_in_memory_or_a_file(tmp_path: Path) -> None:
    verdicts = {"image": ["3", "2"], "verdict": ["label_wrong", "model_wrong"], "note": ["a cat", ""]}
    found = metrics_of(tmp_path / "memory", verdicts=verdicts)["verdicts"]
    # Of four two are right; without the third, of three two.
    assert (found["label_wrong"], found["model_wrong"], found["left_out"]) == (1, 1, 1)
    assert (found["without"]["how_wrong"]["n"], found["without"]["how_wrong"]["mistakes"]) == (3, 1)
    file = tmp_path / "verdicts.csv"
    file.write_text("image,verdict,note\n3,label wrong,a cat\n2,model_wrong,\n")
    assert metrics_of(tmp_path / "file", verdicts=str(file))["verdicts"] == found
    assert "verdicts" not in metrics_of(tmp_path / "without")


def test_what_is_no_verdict_is_refused() -> None:
    with pytest.raises(nm.NearmissError, match="the verdict on '3' is 'wrong'; write label_wrong, model_wrong"):
        nm.evaluate(PREDICTIONS, clade="Felidae", verdicts={"image": ["3"], "verdict": ["wrong"]})


def test_pages_open_in_a_language_and_with_a_noun(tmp_path: Path) -> None:
    report = nm.evaluate(PREDICTIONS, clade="Felidae")
    report.save(tmp_path / "page", language="fr", unit="larva:larvae")
    page = (tmp_path / "page" / "index.html").read_text()
    assert '<html lang="fr">' in page
    assert "larvae" in (tmp_path / "page" / "report.md").read_text()
    with pytest.raises(nm.NearmissError, match="language: 'de' is none of en, fr, es"):
        report.save(tmp_path / "german", language="de")  # type: ignore[arg-type]
    with pytest.raises(nm.NearmissError, match="is no noun"):
        report.save(tmp_path / "nothing", unit="<b>")
