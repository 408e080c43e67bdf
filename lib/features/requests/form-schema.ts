/** A project someone may ask in, as the request form needs it. Amounts are decimal texts. */
export interface ProjectOption {
  id: string;
  slug: string;
  name: string;
  currency: string;
  approvalLimit: string | null;
  budgetMonthly: string | null;
  /** What environments hold and open requests would add, a month. */
  committedMonthly: string;
  maxLeaseDays: number | null;
}

/** A cloud a person may ask for by name. */
export interface CloudOption {
  name: string;
  title: string;
  driver: string;
  /** What it can run: "process", "container" … */
  implementations: string[];
  /** Null while it was never checked. */
  healthOk: boolean | null;
  /** What its last check said; empty while it was never checked. */
  healthMessage: string;
  isDemo: boolean;
  /** How its components are kept apart: "isolated", "separate users", "not isolated"; null where that is not said. */
  isolation: string | null;
}

/** What a preset would cost a month where it would run now; null = unknown. */
export interface PresetPrice {
  preset: string;
  monthly: string | null;
  currency: string;
}

/** How long environments of a template may live in days, by its manifest. */
export interface LeaseRule {
  defaultDays: number;
  maxDays: number;
}
