/** Nodes that wait for each other in a circle, so that none of them can be first. */
export class CycleError extends Error {
  override readonly name = "CycleError";

  /** @param path closed: the first id stands at the end again */
  constructor(readonly path: readonly (string | number)[]) {
    super(`there is a cycle: ${path.join(" → ")}`);
  }
}

/**
 * A directed graph that knows nothing of what its nodes are: components, changes, steps. It never changes, so it can be
 * shared and turned round for nothing. An edge a → b says that a comes before b; the same edge twice counts once, and one
 * to or from an id that is no node is left out. What is asked of an id that is no node has the answer none.
 * Every operation costs time linear in nodes and edges unless it says otherwise, and none recurses, so long chains are safe.
 */
export class Graph<Id extends string | number> {
  /** Of the maps, only nodes with edges have an entry. */
  private constructor(
    private readonly nodes: ReadonlyMap<Id, unknown>,
    private readonly before: ReadonlyMap<Id, readonly Id[]>,
    private readonly after: ReadonlyMap<Id, readonly Id[]>,
  ) {}

  /** The graph of nodes, each with the ids of what it waits for. Of an id that comes twice the last one counts. */
  static of<Id extends string | number>(nodes: Iterable<readonly [Id, readonly Id[]]>): Graph<Id> {
    const given = new Map(nodes);
    const before = new Map<Id, Id[]>();
    const after = new Map<Id, Id[]>();
    for (const [id, needs] of given) {
      if (needs.length === 0) continue;
      for (const need of needs.length > 1 ? new Set(needs) : needs) {
        if (!given.has(need)) continue;
        addTo(before, id, need);
        addTo(after, need, id);
      }
    }
    return new Graph(given, before, after);
  }

  /** The same from a list of edges. */
  static ofEdges<Id extends string | number>(
    ids: Iterable<Id>,
    edges: Iterable<{ before: Id; after: Id }>,
  ): Graph<Id> {
    const needs = new Map<Id, Id[]>();
    for (const id of ids) needs.set(id, []);
    for (const { before, after } of edges) needs.get(after)?.push(before);
    return Graph.of(needs);
  }

  get size(): number {
    return this.nodes.size;
  }

  has(id: Id): boolean {
    return this.nodes.has(id);
  }

  /** Ids in the order they were given. */
  ids(): Id[] {
    return [...this.nodes.keys()];
  }

  /** What comes directly before a node, in the order it was given. */
  predecessors(id: Id): readonly Id[] {
    return this.before.get(id) ?? none;
  }

  /** What comes directly after a node, in the order of the nodes. */
  successors(id: Id): readonly Id[] {
    return this.after.get(id) ?? none;
  }

  edges(): { before: Id; after: Id }[] {
    return this.ids().flatMap((after) => this.predecessors(after).map((before) => ({ before, after })));
  }

  /** The same nodes with every edge turned round: the order of deletes. Costs nothing. */
  reverse(): Graph<Id> {
    return new Graph(this.nodes, this.after, this.before);
  }

  /** Only these nodes, and the edges between them. */
  among(ids: Iterable<Id>): Graph<Id> {
    const kept = [...ids].filter((id) => this.has(id));
    return Graph.of(kept.map((id) => [id, this.predecessors(id)] as const));
  }

  /** Everything that comes after any of the nodes, the near before the far; without themselves unless on a cycle. */
  descendants(...starts: Id[]): Set<Id> {
    const found = new Set(starts.flatMap((id) => this.successors(id)));
    // A set is walked over what is added to it meanwhile.
    for (const id of found) for (const next of this.successors(id)) found.add(next);
    return found;
  }

  /** Everything that comes before any of the nodes, the near before the far; without themselves unless on a cycle. */
  ancestors(...starts: Id[]): Set<Id> {
    return this.reverse().descendants(...starts);
  }

  /**
   * All nodes, each after everything that comes before it, otherwise as they were given.
   * @throws CycleError when there is none
   */
  order(): Id[] {
    const ordered: Id[] = [];
    const cycle = this.visit((id) => ordered.push(id));
    if (cycle) throw new CycleError(cycle);
    return ordered;
  }

  /** One cycle as a closed path along the edges (the first id stands at the end again), or undefined without one. */
  findCycle(): Id[] | undefined {
    return this.visit(() => {});
  }

  /**
   * How many edges the longest path to each node has. What is on a cycle, or comes after one, has no such number and is
   * left out.
   */
  depths(): Map<Id, number> {
    const depths = new Map<Id, number>();
    const frontier = this.frontier();
    const open = [...frontier.ready];
    for (const id of open) {
      const longest = this.predecessors(id).reduce((most, one) => Math.max(most, depths.get(one) ?? -1), -1);
      depths.set(id, longest + 1);
      open.push(...frontier.finish(id));
    }
    return depths;
  }

  /**
   * The same order with fewer edges: those that follow from others are gone. Of a graph without cycles. Costs a search for
   * each node with several predecessors.
   */
  withoutImplied(): Graph<Id> {
    return Graph.of(
      this.ids().map((id) => {
        const needs = this.predecessors(id);
        const implied = needs.length > 1 ? this.ancestors(...needs) : new Set<Id>();
        return [id, needs.filter((need) => !implied.has(need))] as const;
      }),
    );
  }

  /** What may be done now, and what after each end. @param isFinished nodes that nothing has to wait for any more */
  frontier(isFinished: (id: Id) => boolean = () => false): Frontier<Id> {
    return new Frontier(this, isFinished);
  }

  /** Tells of every node after all before it; stops at a cycle and answers with it. */
  private visit(done: (id: Id) => void): Id[] | undefined {
    const finished = new Set<Id>();
    for (const start of this.nodes.keys()) {
      if (finished.has(start)) continue;
      const path = [start];
      const onPath = new Set(path);
      const pending = [this.predecessors(start).values()];
      for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
        const next = pending.at(-1)?.next();
        if (!next || next.done) {
          path.pop();
          pending.pop();
          onPath.delete(id);
          finished.add(id);
          done(id);
        } else if (onPath.has(next.value)) {
          // The path leads from what waits to what it waits for: against the edges.
          return [next.value, ...path.slice(path.indexOf(next.value)).reverse()];
        } else if (!finished.has(next.value)) {
          path.push(next.value);
          onPath.add(next.value);
          pending.push(this.predecessors(next.value).values());
        }
      }
    }
    return undefined;
  }
}

const none: readonly never[] = [];

function addTo<Id>(lists: Map<Id, Id[]>, key: Id, id: Id): void {
  const list = lists.get(key);
  if (list) list.push(id);
  else lists.set(key, [id]);
}

/**
 * The edge between what is done and what is not: counts for each node what it still waits for. Every end touches only what
 * waited for it, so that walking a whole graph stays linear.
 */
export class Frontier<Id extends string | number> {
  /** What waits for nothing at the beginning, in the order of the nodes. */
  readonly ready: readonly Id[];
  private readonly open = new Map<Id, number>();

  constructor(
    private readonly graph: Graph<Id>,
    isFinished: (id: Id) => boolean,
  ) {
    const ready: Id[] = [];
    for (const id of graph.ids()) {
      if (isFinished(id)) continue;
      let open = 0;
      for (const need of graph.predecessors(id)) if (!isFinished(need)) open += 1;
      this.open.set(id, open);
      if (open === 0) ready.push(id);
    }
    this.ready = ready;
  }

  /** Notes that a node is finished; what waited for it alone, or for it as the last one, is ready now. At most once a node. */
  finish(id: Id): Id[] {
    if (!this.open.delete(id)) return [];
    return this.graph.successors(id).filter((next) => {
      const open = (this.open.get(next) ?? 0) - 1;
      if (open >= 0) this.open.set(next, open);
      return open === 0;
    });
  }

  /** What waits for nothing but this node, which is not finished yet. */
  waitingOnlyFor(id: Id): Id[] {
    return this.graph.successors(id).filter((next) => this.open.get(next) === 1);
  }
}
