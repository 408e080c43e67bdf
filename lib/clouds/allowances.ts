/** How a cloud answers a wish of a component: it may, it may not, or an administrator's setting decides. */
export const allowanceRules = ["allowed", "refused", "by_setting"] as const;
export type AllowanceRule = (typeof allowanceRules)[number];

/** One row of what a component may ask of a cloud, in words for people. */
export interface Allowance {
  subject: string;
  rule: AllowanceRule;
  /** What holds now and why, with the value of the setting where one decides. */
  detail: string;
  /** Keys of the cloud's configuration that decide. */
  settings: readonly string[];
}

/** What components may ask of a cloud with one configuration: the driver's own rules, not a description of them. */
export interface Allowances {
  title: string;
  rows: readonly Allowance[];
}
