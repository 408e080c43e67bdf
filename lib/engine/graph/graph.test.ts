import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Graph, GraphError } from ".";

function graphOf(size: number, edges: readonly (readonly [number, number])[]): Graph<number> {
  const graph = new Graph<number>();
  for (let index = 0; index < size; index++) graph.addNode(`n${index}`, index);
  for (const [from, to] of edges) graph.addEdge(`n${from}`, `n${to}`);
  return graph;
}

/** Pairs of nodes; with `acyclic`, always from a lower to a higher one. */
const edgeLists = (acyclic: boolean) =>
  fc.integer({ min: 1, max: 25 }).chain((size) => {
    const node = fc.nat(size - 1);
    const pair = fc.tuple(node, node);
    const edges = acyclic
      ? fc
          .array(pair)
          .map((list) =>
            list.filter(([a, b]) => a !== b).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a])),
          )
      : fc.array(pair);
    return edges.map((list) => ({ size, list }));
  });

describe("Graph", () => {
  it("puts every node in the layer after the last of those before it", () => {
    fc.assert(
      fc.property(edgeLists(true), ({ size, list }) => {
        const graph = graphOf(size, list);
        const layers = graph.topologicalLayers();
        const layerOf = new Map(layers.flatMap((ids, layer) => ids.map((id) => [id, layer] as const)));
        expect(layerOf.size).toBe(size);
        for (const id of graph.ids()) {
          const before = graph.predecessors(id).map((other) => layerOf.get(other) ?? Number.NaN);
          expect(layerOf.get(id)).toBe(before.length === 0 ? 0 : Math.max(...before) + 1);
        }
        expect(graph.findCycle()).toBeUndefined();
      }),
    );
  });

  it("finds a real cycle exactly when the nodes cannot be ordered", () => {
    fc.assert(
      fc.property(edgeLists(false), ({ size, list }) => {
        const graph = graphOf(size, list);
        const cycle = graph.findCycle();
        if (!cycle) {
          expect(graph.topologicalLayers().flat()).toHaveLength(size);
          return;
        }
        expect(cycle.at(0)).toBe(cycle.at(-1));
        for (const [index, id] of cycle.slice(1).entries())
          expect(graph.successors(cycle[index] ?? "")).toContain(id);
        expect(() => graph.topologicalLayers()).toThrow(GraphError);
      }),
    );
  });

  it("has as descendants what can be reached, and as ancestors the descendants of the reverse", () => {
    fc.assert(
      fc.property(edgeLists(false), ({ size, list }) => {
        const graph = graphOf(size, list);
        const reverse = graph.reverse();
        expect(
          new Set(
            reverse
              .reverse()
              .edges()
              .map((edge) => JSON.stringify(edge)),
          ),
        ).toEqual(new Set(graph.edges().map((edge) => JSON.stringify(edge))));
        for (const id of graph.ids()) {
          for (const other of graph.descendants(id)) expect(reverse.descendants(other)).toContain(id);
          for (const next of graph.successors(id)) {
            for (const further of graph.descendants(next)) expect(graph.descendants(id)).toContain(further);
          }
        }
      }),
    );
  });

  it("prints a cycle as a closed path, and one node's own", () => {
    expect(
      graphOf(4, [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 1],
      ]).findCycle(),
    ).toEqual(["n1", "n2", "n3", "n1"]);
    expect(graphOf(1, [[0, 0]]).findCycle()).toEqual(["n0", "n0"]);
  });

  it("refuses what is not there and what is there twice", () => {
    const graph = graphOf(1, []);
    expect(() => graph.addNode("n0", 1)).toThrow(GraphError);
    expect(() => graph.addEdge("n0", "nope")).toThrow("there is no node nope");
    expect(() => graph.get("nope")).toThrow(GraphError);
    expect(graph.edges()).toEqual([]);
  });

  it("walks long chains and wide layers without recursion, at linear cost", () => {
    const chain = (size: number) =>
      graphOf(
        size,
        Array.from({ length: size - 1 }, (_, index) => [index, index + 1] as const),
      );
    const timeMs = (size: number) => {
      const graph = chain(size);
      const samples = Array.from({ length: 5 }, () => {
        // Of the processor, not of the clock: a busy machine must not look like a quadratic cost.
        const before = process.cpuUsage();
        expect(graph.topologicalLayers()).toHaveLength(size);
        expect(graph.descendants("n0").size).toBe(size - 1);
        expect(graph.findCycle()).toBeUndefined();
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      });
      return Math.min(...samples);
    };
    timeMs(2_000);
    // Ten times the nodes may cost far more than ten times only if something is quadratic (a hundredfold).
    expect(timeMs(50_000)).toBeLessThan(40 * Math.max(timeMs(5_000), 1));
  });
});
