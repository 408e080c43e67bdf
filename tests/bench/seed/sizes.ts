/** How large the organization is on which pages are measured. */
export interface Sizes {
  /** Living ones; a tenth more is destroyed already. */
  environments: number;
  steps: number;
  usage: number;
  projects: number;
  people: number;
  costCenters: number;
  auditEvents: number;
  /** Environments with as much history as the product itself would keep of them; pages of one are measured on them. */
  watched: number;
}

export const fullSizes: Sizes = {
  environments: 10_000,
  steps: 100_000,
  usage: 1_000_000,
  projects: 200,
  people: 500,
  costCenters: 40,
  auditEvents: 50_000,
  watched: 10,
};
