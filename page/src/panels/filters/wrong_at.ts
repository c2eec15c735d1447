/** Wrong at a rank or above: a list of the report's ranks, each with its images under the other filters. */

import { h } from "../../dom.ts";
import type { Context } from "../../model.ts";
import { countWrong, rowsWithout } from "./counting.ts";
import { makeSection, type Section } from "./section.ts";

export function makeWrongAt(context: Context): Section {
  const { data, store } = context;
  const title = context.t("filters.wrong_at");
  const any = h("option", { value: "" }, context.t("filters.any_rank"));
  // Value "" is "any": the others are places.
  const options = data.ranks.map((_, rank) => h("option", { value: String(rank) }));
  const select = h(
    "select",
    {
      class: "w-filters-select",
      "aria-label": title,
      onchange: () => store.filter({ wrongAt: select.value === "" ? null : (data.ranks[Number(select.value)]?.name ?? null) }),
    },
    any,
    ...options,
  );
  return makeSection(
    context,
    {
      title,
      key: "wrongAt",
      on: () => (store.state.filters.wrongAt === null ? 0 : 1),
      clear: () => store.filter({ wrongAt: null }),
      draw: () => {
        const counts = countWrong(rowsWithout(store, "wrongAt"), context.run(), data.ranks.length);
        options.forEach((option, rank) => {
          const { name, given } = data.ranks[rank];
          const key = given ? "filters.rank_given" : "filters.rank_wrong";
          const text = context.t(key, { rank: context.rank(name), n: context.number(counts[rank], 0) });
          if (option.textContent !== text) option.textContent = text;
        });
        const place = data.ranks.findIndex((rank) => rank.name === store.state.filters.wrongAt);
        select.value = place < 0 ? "" : String(place);
      },
    },
    select,
  );
}
