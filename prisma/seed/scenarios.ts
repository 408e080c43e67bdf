import type { PersonKey, ProjectKey } from "./people";

/** In what condition a demo environment is found. */
export type DemoState =
  | "running"
  | "degraded"
  | "unhealthy"
  | "healing"
  | "stopped"
  | "grace"
  | "failed"
  | "waiting"
  | "rejected"
  | "provisioning"
  | "destroyed";

export interface DemoEnvironment {
  name: string;
  project: ProjectKey;
  owner: PersonKey;
  template: string;
  preset: string;
  state: DemoState;
  /** How long ago it was asked for. */
  ageDays: number;
  /** Until its lease ends; its preset's length when absent. */
  leaseLeftDays?: number;
  reason: string;
}

type Row = [
  name: string,
  template: string,
  preset: string,
  owner: PersonKey,
  state: DemoState,
  ageDays: number,
  reason: string,
  leaseLeftDays?: number,
];

function rows(project: ProjectKey, list: Row[]): DemoEnvironment[] {
  return list.map(([name, template, preset, owner, state, ageDays, reason, leaseLeftDays]) => ({
    name,
    project,
    owner,
    template,
    preset,
    state,
    ageDays,
    reason,
    ...(leaseLeftDays !== undefined && { leaseLeftDays }),
  }));
}

const storefront = rows("storefront", [
  [
    "checkout-preview",
    "web-with-postgres",
    "Trial",
    "developer",
    "running",
    2,
    "Preview of the new checkout for the design review",
    1.2,
  ],
  ["shop-staging", "three-tier-shop", "Team", "jonas", "running", 118, "Shared staging of the shop", 21],
  ["search-lab", "node-service", "Trial", "developer", "running", 6, "Evaluating the new ranking", 8],
  [
    "autumn-campaign",
    "static-site",
    "Event",
    "aiko",
    "running",
    19,
    "Landing page of the autumn campaign",
    11,
  ],
  ["session-cache", "cache", "Team", "jonas", "running", 103, "Sessions for staging and preview", 13],
  ["product-feed", "worker-queue", "Team", "aiko", "degraded", 33, "Nightly product feed to marketplaces", 9],
  ["catalog-db", "postgres", "Team", "developer", "running", 96, "Product catalog for tests", 17],
  ["newsletter-api", "node-service", "Team", "aiko", "healing", 26, "Double opt-in service", 4],
  [
    "storefront-a11y",
    "web-with-postgres",
    "Trial",
    "developer",
    "stopped",
    12,
    "Accessibility audit, resumes next week",
    5,
  ],
  [
    "load-rehearsal",
    "three-tier-shop",
    "Load test",
    "developer",
    "waiting",
    0.1,
    "Rehearsal for Friday’s sale: 3,000 visitors per minute",
  ],
  ["ab-pricing", "web-with-postgres", "Team", "aiko", "waiting", 0.9, "A/B test of the pricing page"],
  ["old-landing", "static-site", "Trial", "jonas", "grace", 24, "Landing page of the summer sale", -1],
  [
    "returns-portal",
    "web-with-postgres",
    "Team",
    "jonas",
    "running",
    88,
    "Returns portal for the weekly support demo",
    14,
  ],
  [
    "spring-campaign",
    "static-site",
    "Event",
    "aiko",
    "destroyed",
    112,
    "Landing page of the spring campaign",
  ],
  [
    "recommendations",
    "analytics-warehouse",
    "Department",
    "jonas",
    "running",
    117,
    "Recommendations on product pages",
    24,
  ],
  [
    "search-analytics",
    "analytics-warehouse",
    "Team",
    "aiko",
    "running",
    68,
    "What visitors search and don’t find",
    15,
  ],
]);

const payments = rows("payments", [
  [
    "psp-sandbox",
    "web-with-postgres",
    "Team",
    "noah",
    "running",
    109,
    "Sandbox for the payment provider test API",
    12,
  ],
  ["ledger-staging", "postgres", "Team", "sofia", "running", 121, "Ledger for integration tests", 20],
  ["fraud-scoring", "node-service", "Team", "noah", "unhealthy", 15, "Scoring service for the risk team", 12],
  ["refund-jobs", "worker-queue", "Trial", "noah", "running", 3, "Batch refunds, first version", 2],
  ["invoice-render", "node-service", "Trial", "sofia", "running", 9, "Rendering invoices as PDF", 6],
  ["token-vault-cache", "cache", "Trial", "noah", "running", 5, "Card token lookups in tests", 1.8],
  ["settlement-demo", "three-tier-shop", "Trial", "sofia", "running", 11, "Bank demo on Wednesday", 2.6],
  ["chargeback-desk", "web-with-postgres", "Trial", "noah", "failed", 0.4, "Disputed payments desk"],
  ["sepa-loadtest", "postgres", "Load test", "noah", "rejected", 4, "Load test with one million transfers"],
  ["dunning-worker", "worker-queue", "Team", "sofia", "stopped", 22, "Paused until the copy is approved", 16],
  ["kyc-prototype", "web-with-postgres", "Trial", "noah", "destroyed", 95, "Prototype of the identity check"],
  [
    "fraud-features",
    "analytics-warehouse",
    "Department",
    "sofia",
    "running",
    114,
    "Features for fraud scoring",
    18,
  ],
  [
    "risk-reporting",
    "analytics-warehouse",
    "Team",
    "sofia",
    "running",
    41,
    "Reports for the risk committee",
    10,
  ],
]);

const dataPlatform = rows("data-platform", [
  [
    "feature-store",
    "postgres",
    "Load test",
    "aiko",
    "running",
    84,
    "Features for the recommendation model",
    19,
  ],
  ["events-intake", "worker-queue", "Load test", "noah", "running", 17, "Replaying a day of click events", 3],
  [
    "metrics-dashboard",
    "web-with-postgres",
    "Team",
    "aiko",
    "running",
    115,
    "Metrics dashboard for the office screen",
    26,
  ],
  ["notebook-gateway", "node-service", "Team", "developer", "degraded", 8, "Gateway for notebooks", 22],
  ["hot-cache", "cache", "Load test", "aiko", "running", 13, "Comparing eviction policies", 2.2],
  ["quality-report", "static-site", "Event", "noah", "running", 21, "Weekly data quality report", 10],
  ["schema-registry", "postgres", "Trial", "developer", "provisioning", 0.01, "Registry of event schemas"],
  [
    "churn-model-api",
    "node-service",
    "Trial",
    "noah",
    "running",
    7,
    "Serving the churn model for two teams",
    5,
  ],
  ["backfill-2025", "worker-queue", "Trial", "aiko", "failed", 1.3, "Backfilling last year's orders"],
  ["ab-archive", "postgres", "Trial", "noah", "destroyed", 99, "Archive of closed experiments"],
  [
    "survey-results",
    "web-with-postgres",
    "Trial",
    "aiko",
    "waiting",
    0.3,
    "Customer survey results for the board",
  ],
  ["clickstream", "analytics-warehouse", "Company", "aiko", "running", 120, "Click events of every shop", 40],
  ["finance-mart", "analytics-warehouse", "Department", "aiko", "running", 77, "Figures for controlling", 33],
  ["experiments", "analytics-warehouse", "Team", "noah", "running", 36, "Results of A/B tests", 20],
  [
    "forecasting",
    "analytics-warehouse",
    "Team",
    "aiko",
    "stopped",
    58,
    "Demand forecast, resumes with the new quarter",
    28,
  ],
]);

/** The environments of the demo organization, in every condition one can be in. */
export const demoEnvironments: readonly DemoEnvironment[] = [...storefront, ...payments, ...dataPlatform];
