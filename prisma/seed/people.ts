import type { OrgRole, ProjectRole } from "@/lib/kernel/permissions";

export interface DemoPerson {
  key: string;
  name: string;
  email: string;
  orgRole?: OrgRole;
}

/** The first five, and the first owner of a project, can be signed in as with one click; the others make the organization look like one. */
export const demoPeople = [
  { key: "developer", name: "Dana Okafor", email: "demo-developer@rostrum.example" },
  { key: "approver", name: "Marcus Lindqvist", email: "demo-approver@rostrum.example" },
  { key: "admin", name: "Priya Raman", email: "demo-admin@rostrum.example", orgRole: "admin" },
  { key: "finance", name: "Elena Fuchs", email: "demo-finance@rostrum.example", orgRole: "finance" },
  { key: "auditor", name: "Tomás Rivera", email: "demo-auditor@rostrum.example", orgRole: "auditor" },
  { key: "jonas", name: "Jonas Weber", email: "demo-jonas.weber@rostrum.example" },
  { key: "aiko", name: "Aiko Tanaka", email: "demo-aiko.tanaka@rostrum.example" },
  { key: "sofia", name: "Sofia Rossi", email: "demo-sofia.rossi@rostrum.example" },
  { key: "noah", name: "Noah Becker", email: "demo-noah.becker@rostrum.example" },
] as const satisfies DemoPerson[];

export type PersonKey = (typeof demoPeople)[number]["key"];
export type ProjectKey = "storefront" | "payments" | "data-platform";

export interface DemoProject {
  slug: ProjectKey;
  name: string;
  description: string;
  costCenter: { code: string; name: string; owner: PersonKey };
  /** Budget over what is committed; below 1 the project is over budget. */
  budgetFactor: number;
  maxLeaseDays: number;
  members: readonly [PersonKey, ProjectRole][];
}

export const demoProjects: readonly DemoProject[] = [
  {
    slug: "storefront",
    name: "Storefront",
    description: "Customer-facing web shop",
    costCenter: { code: "DEMO-4100", name: "Digital commerce", owner: "approver" },
    budgetFactor: 1.45,
    maxLeaseDays: 60,
    members: [
      ["developer", "developer"],
      ["approver", "approver"],
      ["jonas", "owner"],
      ["aiko", "developer"],
    ],
  },
  {
    slug: "payments",
    name: "Payments",
    description: "Payments, refunds and disputes",
    costCenter: { code: "DEMO-4200", name: "Payments and risk", owner: "sofia" },
    budgetFactor: 0.93,
    maxLeaseDays: 30,
    members: [
      ["sofia", "owner"],
      ["approver", "approver"],
      ["noah", "developer"],
      ["aiko", "viewer"],
    ],
  },
  {
    slug: "data-platform",
    name: "Data platform",
    description: "Data pipelines and analytics",
    costCenter: { code: "DEMO-5300", name: "Data and analytics", owner: "aiko" },
    budgetFactor: 1.9,
    maxLeaseDays: 90,
    members: [
      ["aiko", "owner"],
      ["approver", "approver"],
      ["developer", "developer"],
      ["noah", "developer"],
    ],
  },
];
