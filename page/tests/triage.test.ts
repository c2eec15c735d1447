/** The bar of verdicts: its keys and its counter. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictOf } from "../src/panels/triage.ts";
import { tallied } from "../src/panels/triage/tallied.ts";
import { message } from "../src/messages.ts";
import { setup } from "./setup.ts";

test("each verdict has a key, in capitals as well; other keys have none", () => {
  const keys = { l: "label_wrong", m: "model_wrong", x: "unusable", s: "synonym", q: "unsure", "0": "none" } as const;
  for (const [key, verdict] of Object.entries(keys)) {
    assert.equal(verdictOf(key), verdict);
    assert.equal(verdictOf(key.toUpperCase()), verdict);
  }
  // The digit's key of a French keyboard.
  assert.equal(verdictOf("à", "Digit0"), "none");
  for (const key of ["n", "Enter", "Escape", "ArrowLeft", " ", "", "?"]) assert.equal(verdictOf(key), null);
});

test("each verdict has a name in each language", () => {
  for (const language of ["en", "fr", "es"] as const) {
    for (const verdict of ["label_wrong", "model_wrong", "unusable", "synonym", "unsure", "none"]) {
      assert.notEqual(message(language, `triage.verdict.${verdict}`), "");
    }
  }
});

test("the counter counts what was judged, by verdict; notes alone are not verdicts", async () => {
  const { store } = await setup({ images: 20 });
  // The report of the sample was given verdicts.
  for (const { row } of store.judged()) store.judge(row, "none", "");
  assert.deepEqual(tallied(store.judged()), { all: 0, each: [] });
  store.judge(1, "label_wrong");
  store.judge(2, "unsure", "which side?");
  store.judge(3, "label_wrong");
  store.judge(4, "none", "only a note");
  assert.deepEqual(tallied(store.judged()), { all: 3, each: [["label_wrong", 2], ["unsure", 1]] });
  store.judge(3, "none");
  assert.equal(tallied(store.judged()).all, 2);
});
