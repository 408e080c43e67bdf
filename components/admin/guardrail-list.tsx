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
    title: "Monthly cost",
    judges:
      "Compares the environment’s new monthly cost with the project’s approval threshold. Changes that don’t increase cost pass.",
    effect: { tone: "warning", word: "Requires approval" },
    setBy: "Project approval threshold",
  },
  "lease-limit": {
    title: "Maximum lease",
    judges: "Limits the requested lease to the template or project maximum, whichever is shorter.",
    effect: { tone: "bad", word: "Blocks" },
    setBy: "Project and template lease limits",
  },
  "unknown-cost": {
    title: "Unknown cost",
    judges: "Requires approval if any component has no price. An unknown cost never counts as zero.",
    effect: { tone: "warning", word: "Requires approval" },
    setBy: "Price book",
  },
  budget: {
    title: "Project budget",
    judges: "Compares the committed monthly cost of environments and open requests with the project budget.",
    effect: { tone: "accent", word: "Warns" },
    setBy: "Project monthly budget",
  },
  "cloud-warnings": {
    title: "Cloud warnings",
    judges: "Risks that a chosen cloud reports for the plan, such as a container running as root.",
    effect: { tone: "accent", word: "Warns" },
    setBy: "Cloud settings, which can block the risk instead",
  },
  "data-loss": {
    title: "Data loss",
    judges:
      "Warns when a change deletes data after a verified safety backup. Requires approval when no safety backup can be made.",
    effect: { tone: "warning", word: "Requires approval" },
    setBy: "Always active",
  },
  "lost-data": {
    title: "Lost data",
    judges: "Requires approval when a repair can’t bring back data that was deleted outside Rostrum.",
    effect: { tone: "warning", word: "Requires approval" },
    setBy: "Always active",
  },
  quota: {
    title: "Quotas",
    judges:
      "Limits CPU, memory, storage and environments. Quota is reserved on submission, so two requests can’t use the same capacity.",
    effect: { tone: "bad", word: "Blocks" },
    setBy: "Project quotas",
  },
  "second-person": {
    title: "Separation of duties",
    judges:
      "Requesters can’t approve their own requests. An approval is valid only for the exact plan reviewed.",
    effect: { tone: "bad", word: "Blocks" },
    setBy: "Always active",
  },
};

/** The built-in policies: what each checks, its effect, and where its limit is set. */
export function GuardrailList() {
  return (
    <Card title="Built-in policies" aside="Always active" flush>
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
