import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";
import type { PolicyName } from "@/lib/features/policies/schema";

interface Guardrail {
  title: string;
  judges: string;
  effect: { tone: Tone; word: string };
  setBy: string;
}

/** Every policy has a line: one without it does not compile. */
const guardrails: Record<PolicyName | "quota" | "second-person", Guardrail> = {
  "cost-limit": {
    title: "Monthly cost limit",
    judges:
      "The environment's monthly cost after the change, against the project's approval limit. A change that costs no more than before passes.",
    effect: { tone: "warning", word: "Needs approval" },
    setBy: "Approval limit of the project",
  },
  "lease-limit": {
    title: "Longest lease",
    judges: "The lease asked for, against the shorter of what the template and the project allow.",
    effect: { tone: "bad", word: "Denied" },
    setBy: "Longest lease of the project, and the template",
  },
  "unknown-cost": {
    title: "Unknown cost",
    judges: "Whether every part of the plan has a price. A cost that nobody knows is never taken for zero.",
    effect: { tone: "warning", word: "Needs approval" },
    setBy: "The price book",
  },
  budget: {
    title: "Project budget",
    judges: "What the project's environments and open requests would commit to a month, against its budget.",
    effect: { tone: "accent", word: "Warns" },
    setBy: "Monthly budget of the project",
  },
  "cloud-warnings": {
    title: "Cloud warnings",
    judges: "Risks that a chosen cloud reports for the plan, such as a container that runs as root.",
    effect: { tone: "accent", word: "Warns" },
    setBy: "Cloud settings, which can block the risk instead",
  },
  "data-loss": {
    title: "Data loss",
    judges:
      "Data that the change deletes. With a verified safety backup made first it is a warning; without one someone else must approve.",
    effect: { tone: "warning", word: "Needs approval" },
    setBy: "Always in force",
  },
  "lost-data": {
    title: "Lost data",
    judges:
      "Data that is gone outside Rostrum and that a repair can only replace with a backup or with nothing.",
    effect: { tone: "warning", word: "Needs approval" },
    setBy: "Always in force",
  },
  quota: {
    title: "Quotas",
    judges:
      "CPU, memory, storage and number of environments, reserved the moment a request is submitted, so that two requests never share the last of anything.",
    effect: { tone: "bad", word: "Denied" },
    setBy: "Quotas of the project",
  },
  "second-person": {
    title: "A second person",
    judges:
      "Who decides: nobody approves their own request, and a decision holds only for the exact plan it was made on.",
    effect: { tone: "bad", word: "Denied" },
    setBy: "Always in force",
  },
};

/** The built-in guardrails: what each looks at, what it does, and where its limit is set. */
export function GuardrailList() {
  return (
    <Card title="Guardrails" aside="built in, always on" flush>
      <ul className="divide-y">
        {Object.entries(guardrails).map(([name, rule]) => (
          <li key={name} className="grid gap-x-6 gap-y-1 px-4 py-3.5 md:grid-cols-[14rem_1fr_9rem]">
            <div>
              <h3 className="font-semibold">{rule.title}</h3>
              <p className="font-mono text-xs text-muted">{name}</p>
            </div>
            <div className="min-w-0">
              <p>{rule.judges}</p>
              <p className="mt-0.5 text-xs text-muted">Set by: {rule.setBy}</p>
            </div>
            <div className="md:text-right">
              <Status tone={rule.effect.tone} look="pill">
                {rule.effect.word}
              </Status>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
