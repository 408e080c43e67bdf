import type { Allowances } from "../allowances";
import type { Problem } from "../contract";
import { allowedRules } from "./allowed-rules";
import type { DockerConfig } from "./config";
import { refusedRules } from "./refused-rules";
import type { Asked, BodyPart, ContainerRule, Facts, Making } from "./rules";
import { standingRules } from "./standing-rules";

/**
 * What a container may ask for, in one table: validation, the making of containers and the administrator's screen read
 * it, so none of them can say something else than the others. Every key of the manifest's container block and every
 * other key of a Compose service is in exactly one row.
 */
export const containerRules: readonly ContainerRule[] = [
  ...allowedRules,
  ...standingRules,
  ...refusedRules.map(({ reason, ...rule }) => ({ ...rule, rule: "refused" as const, detail: () => reason })),
];

/** What of a component's wishes goes too far for this cloud. Keys that are always refused are seen when it is read. */
export function judgeAsked(asked: Asked): Problem[] {
  return containerRules.flatMap((rule) => rule.judge?.(asked) ?? []);
}

/** What all allowed wishes of a component become, together. No two rules decide the same field. */
export function bodyOf(making: Making): Required<BodyPart> {
  const parts = containerRules.flatMap((rule) => rule.body?.(making) ?? []);
  return {
    own: Object.assign({}, ...parts.map((part) => part.own)),
    host: Object.assign({}, ...parts.map((part) => part.host)),
  };
}

/** The table for the administrator's screen. */
export function allowancesOf(config: DockerConfig, facts: Facts = {}): Allowances {
  const order = { by_setting: 0, allowed: 1, refused: 2 };
  const rows = containerRules.map(({ subject, rule, ruleBy, detail, settings = [] }) => ({
    subject,
    rule: ruleBy?.(facts) ?? rule,
    detail: detail(config, facts),
    settings,
  }));
  return {
    title: "Container permissions",
    rows: rows.sort((left, right) => order[left.rule] - order[right.rule]),
  };
}
