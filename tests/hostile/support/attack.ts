import type { Arena } from "./arena";
import type { Deployment } from "./deployment";

/**
 * What an attack needs of the machine to be contained. Network and limits cannot be had everywhere: where the cloud
 * says so in its facts, what got through is reported as said beforehand instead of as a failure.
 */
export type Need = "network" | "limits";

export interface Attack {
  id: string;
  /** The kind it belongs to, for the table. */
  of: string;
  /** What it would have reached when it succeeds. */
  aim: string;
  needs?: Need;
  /** Makes sense where the driver is root only. */
  rootOnly?: boolean;
  /** Takes so much of the machine that others would fail beside it. */
  alone?: boolean;
  run(arena: Arena): Promise<void>;
}

export interface Outcome {
  id: string;
  of: string;
  aim: string;
  /** `said`: got through where the cloud says that it cannot hold it. */
  result: "contained" | "reached" | "said";
  /** What it reached, in words. */
  reached: string[];
  /** What was left of it after its environment was destroyed. */
  left: string[];
  /** How the attacker itself ended, or what refused it: for readers of the report. */
  notes: string[];
  ms: number;
}

type Meta = Pick<Attack, "id" | "of" | "aim"> & Partial<Pick<Attack, "needs" | "rootOnly" | "alone">>;

/** An attack that is a program alone: it runs as a component until it says that it is done. */
export function program(
  meta: Meta,
  body: string,
  extra: Deployment & { waitMs?: number; after?: (arena: Arena, attacker: string) => Promise<void> } = {},
): Attack {
  const { waitMs, after, ...deployment } = extra;
  return {
    ...meta,
    async run(arena) {
      const attacker = await arena.deploy({ ...deployment, body });
      await arena.untilDone(attacker, waitMs);
      await after?.(arena, attacker);
    },
  };
}
