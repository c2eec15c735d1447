"""Inputs that the program must refuse, each with one sentence that says why."""

TAXONOMY = "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Parus,genus\n3,2,Parus major,species\n4,2,Parus ater,species\n"
TABLE = "image,truth,predicted\n1,3,4\n"

# What it is, tax.csv, t.csv, and a part of the sentence.
CASES = [
    ("several roots without a rank", "id,parent,name,rank\n1,,A,\n2,,B,\n3,1,C,\n4,2,D,\n", TABLE, "several roots: 'A'"),
    ("a cycle", "id,parent,name,rank\n1,2,A,genus\n2,1,B,family\n3,2,C,species\n4,2,D,species\n", TABLE, "cycle"),
    ("a parent that is not there", "id,parent,name,rank\n1,9,A,genus\n3,1,C,species\n4,1,D,species\n", TABLE, "9"),
    ("an id given twice", TAXONOMY + "4,1,Corvus,genus\n", TABLE, "4"),
    ("a name with two parents", "kingdom,family,genus,species\nA,F,G,G a\nA,H,G,G a\n", TABLE, "parents"),
    ("an image with two truths", TAXONOMY, "image,truth,label,score\n1,3,4,0.5\n1,4,3,0.5\n", "truth"),
    ("a label with two scores", TAXONOMY, "image,truth,label,score\n1,3,4,0.5\n1,3,4,0.25\n", "several scores"),
    ("an image in two observations", TAXONOMY, "image,truth,label,score,observation\n1,3,4,0.5,a\n1,3,3,0.5,b\n", "observation"),
    ("several answers that nothing ranks", TAXONOMY, "image,truth,label\n1,3,4\n1,3,3\n", "image"),
    ("no truth", TAXONOMY, "image,predicted\n1,3\n", "truth"),
    ("no image that can be scored", TAXONOMY, "image,truth,predicted\n1,,3\n2,Nobody knows,3\n", "truths such as 'Nobody knows' are no taxa"),
    ("two columns of one name", TAXONOMY, "image,truth,predicted,predicted\n1,3,4,3\n", "predicted"),
]


def checks(run, folder):
    """(what, what the program did, the sentence it should say, whether it did)."""
    for what, taxonomy, table, part in CASES:
        (folder / "tax.csv").write_text(taxonomy, encoding="utf-8")
        (folder / "t.csv").write_text(table, encoding="utf-8")
        done = run("report", "t.csv", "--taxonomy", "tax.csv", "-o", "out", "--tables-only", "--quiet", "--force")
        right = done.returncode == 2 and part in done.stderr and "panicked" not in done.stderr
        yield f"refuses {what}", (done.returncode, done.stderr), part, right
