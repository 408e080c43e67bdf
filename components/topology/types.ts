import type { Tone } from "@/components/ui/tone";

/** State of a run's step, as words and colors are derived from it. */
export type StepNodeState =
  | "pending"
  | "running"
  | "waiting"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled"
  | "unknown";

export type NodeIcon =
  | "internet"
  | "web"
  | "database"
  | "cache"
  | "queue"
  | "worker"
  | "storage"
  | "network"
  | "script"
  | "box";

export interface TopologyNode {
  id: string;
  title: string;
  /** Right of the title: "PostgreSQL 17", "2 of 2". */
  subtitle?: string;
  status?: { tone: Tone; word: string };
  /** In runs: instead of `status`. */
  state?: StepNodeState;
  /** Facts below, one line each. */
  lines?: readonly string[];
  href?: string;
  icon?: NodeIcon;
  /** A product whose mark the page's IconSheet has: drawn instead of the icon, and beside a status. */
  mark?: string | null;
  /** Not ours, only drawn for orientation (the internet): quieter. */
  external?: boolean;
}

export interface TopologyEdge {
  from: string;
  to: string;
  label?: string;
}

export interface TopologyGraphProps {
  nodes: readonly TopologyNode[];
  edges: readonly TopologyEdge[];
  /** What the graph shows, for screen readers. */
  label: string;
  /** Pixels; the default fits the content within bounds. */
  height?: number;
  /** Called with the node's id; for selecting a step instead of following a link. */
  onSelect?: (id: string) => void;
  selectedId?: string;
}

const stepLooks: Record<StepNodeState, { tone: Tone; word: string }> = {
  pending: { tone: "neutral", word: "pending" },
  running: { tone: "busy", word: "running" },
  waiting: { tone: "busy", word: "waiting to retry" },
  succeeded: { tone: "good", word: "succeeded" },
  failed: { tone: "bad", word: "failed" },
  skipped: { tone: "neutral", word: "skipped" },
  cancelled: { tone: "neutral", word: "canceled" },
  unknown: { tone: "warning", word: "needs attention" },
};

/** Tone and word of a node, from its status or its step's state. */
export function nodeStatus(node: TopologyNode): { tone: Tone; word: string } | undefined {
  return node.status ?? (node.state ? stepLooks[node.state] : undefined);
}
