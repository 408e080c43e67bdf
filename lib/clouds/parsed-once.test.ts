import { expect, it } from "vitest";
import type { DesiredComponent } from "./contract";
import { parsedOnce } from "./parsed-once";

const desired = (spec: Record<string, unknown>): DesiredComponent => ({
  kind: "process",
  replicas: 1,
  size: { cpu: 0, memoryBytes: 0, storageBytes: 0 },
  spec,
  filesDigest: "",
  health: null,
});

it("parses each desired component once, and another with the same content by itself", () => {
  let parsed = 0;
  const read = parsedOnce((one) => {
    parsed += 1;
    return { program: one.spec.program };
  });
  const [first, second] = [desired({ program: "node" }), desired({ program: "node" })];
  expect(read(first)).toBe(read(first));
  expect(parsed).toBe(1);
  expect(read(second)).toEqual({ program: "node" });
  expect(parsed).toBe(2);
});

it("keeps no failure: what throws is parsed again", () => {
  let parsed = 0;
  const read = parsedOnce(() => {
    parsed += 1;
    throw new Error("not valid");
  });
  const one = desired({});
  expect(() => read(one)).toThrow("not valid");
  expect(() => read(one)).toThrow("not valid");
  expect(parsed).toBe(2);
});
