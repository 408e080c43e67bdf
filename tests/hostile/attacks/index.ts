import type { Attack } from "../support/attack";
import { copyAttacks } from "./copies";
import { doorAttacks } from "./doors";
import { kernelAttacks } from "./kernel";
import { networkAttacks } from "./network";
import { outputAttacks } from "./output";
import { postgresAttacks } from "./postgres";
import { processAttacks } from "./processes";
import { readingAttacks } from "./reading";
import { remainsAttacks } from "./remains";
import { resourceAttacks } from "./resources";
import { sourceAttacks } from "./sources";

/** Everything that is tried against the machine cloud, in the order of the report. */
export const machineAttacks: readonly Attack[] = [
  ...readingAttacks,
  ...copyAttacks,
  ...postgresAttacks,
  ...doorAttacks,
  ...sourceAttacks,
  ...kernelAttacks,
  ...processAttacks,
  ...networkAttacks,
  ...remainsAttacks,
  ...outputAttacks,
  ...resourceAttacks,
];
