import { describe, expect, it } from "vitest";
import { IllegalTransition, stateMachine } from "./state-machine";

type Door = "open" | "closed" | "locked" | "gone";

const door = stateMachine<Door>({
  name: "door",
  initial: "closed",
  moves: { open: ["open", "closed"], closed: ["open", "locked", "gone"], locked: ["closed"], gone: [] },
});

describe("a state machine", () => {
  it("answers where a move leads, and throws for every other one", () => {
    const legal = new Set([
      "open open",
      "open closed",
      "closed open",
      "closed locked",
      "closed gone",
      "locked closed",
    ]);
    for (const from of door.states) {
      for (const to of door.states) {
        expect(door.allows(from, to)).toBe(legal.has(`${from} ${to}`));
        if (legal.has(`${from} ${to}`)) expect(door.transition(from, to)).toBe(to);
        else expect(() => door.transition(from, to)).toThrow(IllegalTransition);
      }
    }
  });

  it("names the machine and both states when it refuses", () => {
    expect(() => door.transition("gone", "open")).toThrow("A door can’t go from gone to open.");
  });

  it("answers from where a state can be reached, by the same table", () => {
    expect(door.before("closed")).toEqual(["open", "locked"]);
    expect(door.before("open")).toEqual(["open", "closed"]);
    const found = door.states.flatMap((to) => door.before(to).map((from) => `${from} ${to}`)).sort();
    expect(found).toEqual(door.moves.map((move) => move.join(" ")).sort());
  });

  it("doesn't compile without one of its states", () => {
    // @ts-expect-error: "gone" is missing
    stateMachine<Door>({ name: "door", initial: "closed", moves: { open: [], closed: [], locked: [] } });
    // @ts-expect-error: nothing is ajar
    stateMachine<"open">({ name: "door", initial: "open", moves: { open: ["ajar"] } });
  });

  it("can begin in several states", () => {
    const two = stateMachine<Door>({
      name: "door",
      initial: ["open", "closed"],
      moves: { open: [], closed: [], locked: [], gone: [] },
    });
    expect([door.initial, two.initial]).toEqual([["closed"], ["open", "closed"]]);
  });
});
