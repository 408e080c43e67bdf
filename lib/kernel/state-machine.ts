/** The statuses something can have and how it gets from one to another: the one table that statements and checks use. */
export interface StateMachine<State extends string> {
  /** What has the status, as sentences name it. */
  readonly name: string;
  /** What a new row has: a trigger refuses every other status, except where history is written (`allowHistory`). */
  readonly initial: readonly State[];
  readonly states: readonly State[];
  /** Every move, also those from a status to itself. */
  readonly moves: readonly (readonly [from: State, to: State])[];
  allows(from: State, to: State): boolean;
  /** Answers `to`. @throws IllegalTransition when that is no move of this machine */
  transition<To extends State>(from: State, to: To): To;
  /** The statuses from which it can get to one: what a guarded update finds its rows by. */
  before(to: State): readonly State[];
}

export class IllegalTransition extends Error {
  constructor(machine: string, from: string, to: string) {
    super(`A ${machine} can’t go from ${from} to ${to}.`);
    this.name = "IllegalTransition";
  }
}

/** A machine of a table that says for each status what may follow. One that is missing doesn't compile. */
export function stateMachine<State extends string>(table: {
  name: string;
  initial: State | readonly State[];
  moves: Readonly<Record<State, readonly State[]>>;
}): StateMachine<State> {
  const { name, initial } = table;
  // The keys of a Record<State, …> are its states.
  const states = Object.keys(table.moves) as State[];
  const origins = new Map<State, readonly State[]>(
    states.map((to) => [to, states.filter((from) => table.moves[from].includes(to))]),
  );
  const allows = (from: State, to: State) => table.moves[from].includes(to);
  return {
    name,
    initial: typeof initial === "string" ? [initial] : initial,
    states,
    moves: states.flatMap((from) => table.moves[from].map((to) => [from, to] as const)),
    allows,
    transition(from, to) {
      if (!allows(from, to)) throw new IllegalTransition(name, from, to);
      return to;
    },
    before: (to) => origins.get(to) ?? [],
  };
}
