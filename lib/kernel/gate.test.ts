import { describe, expect, it } from "vitest";
import { Gate } from "./gate";

const never = new AbortController().signal;

function held() {
  let letGo = () => {};
  const done = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { done, letGo };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("Gate", () => {
  it("lets as many in as it may, and the next one in order when one leaves, even by failing", async () => {
    const gate = new Gate(2);
    const seen: string[] = [];
    const holds = ["a", "b", "c", "d"].map((name) => ({ name, ...held() }));
    const all = holds.map(({ name, done }) =>
      gate.pass(never, async () => {
        seen.push(name);
        await done;
        if (name === "a") throw new Error("a failed");
        return name;
      }),
    );
    const settled = Promise.allSettled(all);
    await turn();
    expect(seen).toEqual(["a", "b"]);
    holds[0]?.letGo();
    await turn();
    expect(seen).toEqual(["a", "b", "c"]);
    for (const hold of holds) hold.letGo();
    expect((await settled).map((one) => one.status)).toEqual([
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
    expect(await gate.pass(never, async () => "free again")).toBe("free again");
  });

  it("takes one whose signal aborts out of the row, and its place is not lost", async () => {
    const gate = new Gate(1);
    const first = held();
    const working = gate.pass(never, () => first.done);
    const impatient = new AbortController();
    const leaving = gate.pass(impatient.signal, async () => "never");
    const last = gate.pass(never, async () => "last");
    impatient.abort(new Error("cancelled"));
    await expect(leaving).rejects.toThrow("cancelled");
    first.letGo();
    await working;
    expect(await last).toBe("last");
  });
});
