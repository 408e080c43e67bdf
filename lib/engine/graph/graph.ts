/** A node that does not exist, or exists already. */
export class GraphError extends Error {
  override readonly name = "GraphError";
}

/**
 * A directed graph that knows nothing of what its nodes are. An edge a → b means that a comes before b.
 * Every operation but `findCycle`'s report costs time linear in nodes and edges, and none recurses, so long
 * chains are safe.
 */
export class Graph<T> {
  readonly #values = new Map<string, T>();
  readonly #after = new Map<string, Set<string>>();
  readonly #before = new Map<string, Set<string>>();

  /** @throws GraphError when the id is taken. */
  addNode(id: string, value: T): this {
    if (this.#values.has(id)) throw new GraphError(`node ${id} exists already`);
    this.#values.set(id, value);
    this.#after.set(id, new Set());
    this.#before.set(id, new Set());
    return this;
  }

  /** Says that `from` comes before `to`; the same edge twice counts once. @throws GraphError when either is missing. */
  addEdge(from: string, to: string): this {
    const [after, before] = [this.#set(this.#after, from), this.#set(this.#before, to)];
    after.add(to);
    before.add(from);
    return this;
  }

  get size(): number {
    return this.#values.size;
  }

  has(id: string): boolean {
    return this.#values.has(id);
  }

  /** @throws GraphError when the node is missing. */
  get(id: string): T {
    if (!this.#values.has(id)) throw new GraphError(`there is no node ${id}`);
    return this.#values.get(id) as T;
  }

  /** Ids in the order they were added. */
  ids(): string[] {
    return [...this.#values.keys()];
  }

  /** What comes directly before a node. @throws GraphError when the node is missing. */
  predecessors(id: string): string[] {
    return [...this.#set(this.#before, id)];
  }

  /** What comes directly after a node. @throws GraphError when the node is missing. */
  successors(id: string): string[] {
    return [...this.#set(this.#after, id)];
  }

  edges(): { from: string; to: string }[] {
    return this.ids().flatMap((from) => this.successors(from).map((to) => ({ from, to })));
  }

  /** Everything that comes after any of the nodes, near or far, without the nodes themselves unless on a cycle. */
  descendants(...starts: string[]): Set<string> {
    const seen = new Set<string>();
    const open = starts.flatMap((id) => this.successors(id));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const next of this.#set(this.#after, id)) if (!seen.has(next)) open.push(next);
    }
    return seen;
  }

  /** The same nodes with every edge turned round: the order of deletes. */
  reverse(): Graph<T> {
    const turned = new Graph<T>();
    for (const [id, value] of this.#values) turned.addNode(id, value);
    for (const { from, to } of this.edges()) turned.addEdge(to, from);
    return turned;
  }

  /**
   * Groups whose members depend only on members of earlier groups; each node stands as early as it can.
   * @throws GraphError with the path when there is a cycle.
   */
  topologicalLayers(): string[][] {
    const waitingFor = new Map(this.ids().map((id) => [id, this.#set(this.#before, id).size]));
    const layers: string[][] = [];
    let layer = this.ids().filter((id) => waitingFor.get(id) === 0);
    let placed = 0;
    while (layer.length > 0) {
      layers.push(layer);
      placed += layer.length;
      const next: string[] = [];
      for (const id of layer) {
        for (const follower of this.#set(this.#after, id)) {
          const left = (waitingFor.get(follower) ?? 0) - 1;
          waitingFor.set(follower, left);
          if (left === 0) next.push(follower);
        }
      }
      layer = next;
    }
    if (placed < this.size) throw new GraphError(`there is a cycle: ${this.findCycle()?.join(" → ")}`);
    return layers;
  }

  /** One cycle as a closed path (the first id stands at the end again), or undefined when there is none. */
  findCycle(): string[] | undefined {
    const done = new Set<string>();
    for (const start of this.#values.keys()) {
      if (done.has(start)) continue;
      const cycle = this.#cycleFrom(start, done);
      if (cycle) return cycle;
    }
    return undefined;
  }

  #cycleFrom(start: string, done: Set<string>): string[] | undefined {
    const path = [start];
    const onPath = new Set(path);
    const pending = [this.#set(this.#after, start).values()];
    while (path.length > 0) {
      const next = pending.at(-1)?.next();
      if (next === undefined || next.done) {
        const finished = path.pop();
        pending.pop();
        if (finished !== undefined) {
          onPath.delete(finished);
          done.add(finished);
        }
      } else if (onPath.has(next.value)) {
        return [...path.slice(path.indexOf(next.value)), next.value];
      } else if (!done.has(next.value)) {
        path.push(next.value);
        onPath.add(next.value);
        pending.push(this.#set(this.#after, next.value).values());
      }
    }
    return undefined;
  }

  #set(sets: Map<string, Set<string>>, id: string): Set<string> {
    const found = sets.get(id);
    if (!found) throw new GraphError(`there is no node ${id}`);
    return found;
  }
}
