import { describe, expect, it } from "vitest";
import { Gate, GateFullError } from "./gate";

const never = { signal: new AbortController().signal };

function held() {
  let letGo = () => {};
  const done = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { done, letGo };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("Gate", () => {
  it("refuses who would wait behind too many, and lets the next one in again", async () => {
    const gate = new Gate(1);
    const hurried = { ...never, mostWaiting: 1 };
    const first = held();
    const running = gate.pass(never, () => first.done);
    const waiting = gate.pass(hurried, async () => "waited");
    await expect(gate.pass(hurried, async () => "third")).rejects.toThrow(GateFullError);
    first.letGo();
    await running;
    expect(await waiting).toBe("waited");
    expect(await gate.pass(never, async () => "later")).toBe("later");
  });

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
    const leaving = gate.pass(impatient, async () => "never");
    const last = gate.pass(never, async () => "last");
    impatient.abort(new Error("cancelled"));
    await expect(leaving).rejects.toThrow("cancelled");
    first.letGo();
    await working;
    expect(await last).toBe("last");
  });

  it("gives the place of one that does not end when it is told to, once and after a grace, to the next", async () => {
    const gate = new Gate(1);
    const deaf = held();
    const told = new AbortController();
    const stuck = gate.pass({ signal: told.signal, graceMs: 20 }, () => deaf.done);
    const order: string[] = [];
    const second = held();
    const next = gate.pass(never, async () => {
      order.push("second");
      await second.done;
    });
    const third = gate.pass(never, async () => void order.push("third"));
    told.abort();
    await turn();
    expect(order).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(order).toEqual(["second"]);
    // It ends after all: its place was given away already.
    deaf.letGo();
    await stuck;
    await turn();
    expect(order).toEqual(["second"]);
    second.letGo();
    await Promise.all([next, third]);
    expect(order).toEqual(["second", "third"]);
  });

  it("tells of the wait for a turn, and only where there is one", async () => {
    const gate = new Gate(1);
    const seen: string[] = [];
    const telling = (name: string) => ({
      ...never,
      waiting: async <T>(wait: Promise<T>) => {
        seen.push(`${name} waits`);
        const result = await wait;
        seen.push(`${name} may`);
        return result;
      },
    });
    const first = held();
    const working = gate.pass(telling("first"), () => first.done);
    const later = gate.pass(telling("second"), async () => void seen.push("second works"));
    await turn();
    expect(seen).toEqual(["second waits"]);
    first.letGo();
    await Promise.all([working, later]);
    expect(seen).toEqual(["second waits", "second may", "second works"]);
  });
});
