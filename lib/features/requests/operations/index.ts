import { RequestKind } from "@/gen/kysely/enums";
import { action } from "./action";
import { create } from "./create";
import { destroy } from "./destroy";
import { extend } from "./extend";
import { heal } from "./heal";
import type { Operation } from "./operation";
import { repair } from "./repair";
import { restart } from "./restart";
import { restore } from "./restore";
import { start } from "./start";
import { stop } from "./stop";
import { update } from "./update";

export { environmentName } from "./create";
export type { Operation } from "./operation";

/** Every kind of change there is. */
const table = {
  create,
  update,
  stop,
  start,
  restart,
  repair,
  heal,
  extend,
  restore,
  action,
  destroy,
} as const satisfies Record<RequestKind, Operation>;

export const requestKinds = Object.values(RequestKind);

/** What people can ask for, as the API takes it. */
export const requestBodies = [
  table.create.body,
  table.update.body,
  table.stop.body,
  table.start.body,
  table.restart.body,
  table.repair.body,
  table.extend.body,
  table.restore.body,
  table.action.body,
  table.destroy.body,
] as const;

/** What tells a kind of change from the others. */
export function operationOf(kind: RequestKind): Operation {
  return table[kind];
}

/** The kinds of change for which something holds. */
export function kindsWhere(holds: (operation: Operation) => boolean): RequestKind[] {
  return requestKinds.filter((kind) => holds(table[kind]));
}
