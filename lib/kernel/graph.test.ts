import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CycleError, Graph } from "./graph";

type Edges = readonly (readonly [number, number])[];

function graphOf(size: number, edges: Edges): Graph<number> {
  return Graph.ofEdges(
    Array.from({ length: size }, (_, index) => index),
    edges.map(([before, after]) => ({ before, after })),
  );
}

/** Pairs of nodes; with `acyclic`, along a shuffled order, so that the order of the nodes tells nothing. */
const graphs = (acyclic: boolean) =>
  fc.integer({ min: 1, max: 25 }).chain((size) => {
    const node = fc.nat(size - 1);
    const pairs = fc.array(fc.tuple(node, node), { maxLength: 60 });
    if (!acyclic) return pairs.map((list) => ({ size, list }));
    const nodes = Array.from({ length: size }, (_, index) => index);
    return fc
      .tuple(pairs, fc.shuffledSubarray(nodes, { minLength: size, maxLength: size }))
      .map(([list, rank]) => ({
        size,
        list: list
          .filter(([a, b]) => a !== b)
          .map(([a, b]): [number, number] => ((rank[a] ?? 0) < (rank[b] ?? 0) ? [a, b] : [b, a])),
      }));
  });

/** Reachability by definition, for small graphs: one more edge each round. */
function reachable(edges: Edges, start: number): Set<number> {
  let seen = new Set(edges.filter(([a]) => a === start).map(([, b]) => b));
  for (let size = -1; size !== seen.size; ) {
    size = seen.size;
    seen = new Set([...seen, ...edges.filter(([a]) => seen.has(a)).map(([, b]) => b)]);
  }
  return seen;
}

describe("Graph", () => {
  it("orders every node after all that come before it", () => {
    fc.assert(
      fc.property(graphs(true), ({ size, list }) => {
        const order = graphOf(size, list).order();
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, index) => index));
        for (const [before, after] of list) expect(order.indexOf(before)).toBeLessThan(order.indexOf(after));
      }),
    );
  });

  it("keeps the given order where no edge speaks against it", () => {
    fc.assert(
      fc.property(graphs(true), ({ size, list }) => {
        const upwards = list.map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
        expect(graphOf(size, upwards).order()).toEqual(graphOf(size, upwards).ids());
      }),
    );
  });

  it("names a real cycle exactly when the nodes cannot be ordered", () => {
    fc.assert(
      fc.property(graphs(false), ({ size, list }) => {
        const graph = graphOf(size, list);
        const cycle = graph.findCycle();
        expect(cycle !== undefined).toBe(graph.ids().some((id) => reachable(list, id).has(id)));
        if (!cycle) {
          expect(graph.order()).toHaveLength(size);
          return;
        }
        expect(cycle.length).toBeGreaterThan(1);
        expect(cycle.at(0)).toBe(cycle.at(-1));
        expect(new Set(cycle).size).toBe(cycle.length - 1);
        for (const [index, id] of cycle.slice(1).entries())
          expect(graph.successors(cycle[index] ?? -1)).toContain(id);
        expect(() => graph.order()).toThrow(CycleError);
      }),
    );
  });

  it("finds what can be reached, forwards and backwards", () => {
    fc.assert(
      fc.property(graphs(false), fc.array(fc.nat(24)), ({ size, list }, starts) => {
        const graph = graphOf(size, list);
        for (const id of graph.ids()) {
          expect(graph.descendants(id)).toEqual(reachable(list, id));
          for (const other of graph.descendants(id)) expect(graph.ancestors(other)).toContain(id);
          for (const other of graph.ancestors(id)) expect(graph.descendants(other)).toContain(id);
        }
        const union = starts.flatMap((id) => [...graph.descendants(id)]);
        expect(graph.descendants(...starts)).toEqual(new Set(union));
      }),
    );
  });

  it("turned round twice is itself, and turned round once has its order backwards", () => {
    fc.assert(
      fc.property(graphs(true), ({ size, list }) => {
        const graph = graphOf(size, list);
        expect(graph.reverse().reverse().edges()).toEqual(graph.edges());
        const order = graph.reverse().order();
        for (const [before, after] of list) expect(order.indexOf(after)).toBeLessThan(order.indexOf(before));
      }),
    );
  });

  it("has as depth one more than the deepest before, and none from a cycle on", () => {
    fc.assert(
      fc.property(graphs(false), ({ size, list }) => {
        const graph = graphOf(size, list);
        const depths = graph.depths();
        for (const id of graph.ids()) {
          const before = graph.predecessors(id);
          const onOrAfterCycle = [id, ...graph.ancestors(id)].some((one) => reachable(list, one).has(one));
          const deepest = Math.max(-1, ...before.map((one) => depths.get(one) ?? Number.NaN));
          expect(depths.get(id)).toBe(onOrAfterCycle ? undefined : deepest + 1);
        }
      }),
    );
  });

  it("without implied edges reaches the same, and by no edge that follows from others", () => {
    fc.assert(
      fc.property(graphs(true), ({ size, list }) => {
        const [graph, fewer] = [graphOf(size, list), graphOf(size, list).withoutImplied()];
        for (const id of graph.ids()) expect(fewer.descendants(id)).toEqual(graph.descendants(id));
        for (const { before, after } of fewer.edges()) {
          const others = fewer.successors(before).filter((one) => one !== after);
          expect(fewer.descendants(...others)).not.toContain(after);
        }
      }),
    );
  });

  it("among some nodes has the edges between them and no others", () => {
    fc.assert(
      fc.property(graphs(false), fc.uniqueArray(fc.nat(30)), ({ size, list }, ids) => {
        const part = graphOf(size, list).among(ids);
        const kept = new Set(ids.filter((id) => id < size));
        expect(new Set(part.ids())).toEqual(kept);
        const pairs = list.filter(([a, b]) => kept.has(a) && kept.has(b)).map(([a, b]) => `${a}-${b}`);
        expect(new Set(part.edges().map(({ before, after }) => `${before}-${after}`))).toEqual(
          new Set(pairs),
        );
      }),
    );
  });

  it("leaves out edges to what is no node, and has no answer for it", () => {
    const graph = Graph.of<string>([
      ["web", ["db", "gone", "db"]],
      ["db", []],
    ]);
    expect(graph.edges()).toEqual([{ before: "db", after: "web" }]);
    expect(graph.predecessors("gone")).toEqual([]);
    expect(graph.descendants("gone").size).toBe(0);
    expect(graph.has("gone")).toBe(false);
    expect(graph.size).toBe(2);
  });

  it("says a cycle as a closed path, and one node's own", () => {
    const graph = graphOf(4, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 1],
    ]);
    expect(graph.findCycle()).toEqual([1, 2, 3, 1]);
    expect(() => graph.order()).toThrow("there is a cycle: 1 → 2 → 3 → 1");
    expect(graphOf(1, [[0, 0]]).findCycle()).toEqual([0, 0]);
  });
});

describe("Frontier", () => {
  it("offers every node once, when all before it are finished, whatever is finished first", () => {
    fc.assert(
      fc.property(
        graphs(true),
        fc.infiniteStream(fc.nat()),
        fc.func(fc.boolean()),
        ({ size, list }, picks, given) => {
          const graph = graphOf(size, list);
          // What was finished before: with everything before it.
          const done = new Set<number>();
          for (const id of graph.order())
            if (given(id) && graph.predecessors(id).every((one) => done.has(one))) done.add(id);
          const frontier = graph.frontier((id) => done.has(id));
          const offered = [...frontier.ready];
          const open = [...offered];
          while (open.length > 0) {
            const [id = -1] = open.splice(Number(picks.next().value) % open.length, 1);
            expect(graph.predecessors(id).every((one) => done.has(one))).toBe(true);
            const alone = frontier.waitingOnlyFor(id);
            done.add(id);
            const next = frontier.finish(id);
            expect(next).toEqual(alone);
            offered.push(...next);
            open.push(...next);
            expect(frontier.finish(id)).toEqual([]);
          }
          expect(done.size).toBe(size);
          expect(new Set(offered).size).toBe(offered.length);
        },
      ),
    );
  });
});

describe("a large graph", () => {
  // Anything quadratic would take hours, and recursion would end the stack.
  it("is walked without recursion, at linear cost", () => {
    const size = 200_000;
    const graph = Graph.of(Array.from({ length: size }, (_, id) => [id, id > 0 ? [id - 1] : []] as const));
    expect(graph.order().length).toBe(size);
    expect(graph.descendants(0).size).toBe(size - 1);
    expect(graph.depths().get(size - 1)).toBe(size - 1);
    expect(graph.findCycle()).toBeUndefined();
    const frontier = graph.frontier(() => false);
    let finished = 0;
    for (let open = [...frontier.ready]; open.length > 0; open = open.flatMap((id) => frontier.finish(id))) {
      finished += open.length;
    }
    expect(finished).toBe(size);
  });
});
