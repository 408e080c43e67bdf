import { describe, expect, it } from "vitest";
import { idPrefixes, isIdOf, newId } from "./ids";

describe("an id", () => {
  it("has the form of its kind and of no other", () => {
    const kinds = Object.keys(idPrefixes) as (keyof typeof idPrefixes)[];
    for (const kind of kinds) {
      const id = newId(kind);
      expect(kinds.filter((one) => isIdOf(one, id))).toEqual([kind]);
    }
  });

  it("is not what only looks like one", () => {
    const id = newId("upload");
    for (const text of [
      "",
      "upl_",
      "upl_1",
      `${id}0`,
      id.slice(0, -1),
      `x${id}`,
      `${id}_x`,
      id.toUpperCase(),
      `${id}\n`,
    ]) {
      expect(isIdOf("upload", text), text).toBe(false);
    }
  });
});
