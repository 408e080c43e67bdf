import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";

interface Guardrail {
  name: string;
  title: string;
  judges: string;
  effect: { tone: Tone; word: string };
  setBy: string;
}

const guardrails: readonly Guardrail[] = [
  {
    name: "cost-limit",
    title: "Monthly cost limit",
    judges:
      "The environment's monthly cost after the change, against the project's approval limit. A change that costs no more than before passes.",
    effect: { tone: "warning", word: "Needs approval" },
    setBy: "Approval limit of the project",
  },
  {
    name: "lease-limit",
    title: "Longest lease",
    judges: "The lease asked for, against the shorter of what the template and the project allow.",
    effect: { tone: "bad", word: "Denied" },
    setBy: "Longest lease of the project, and the template",
  },
  {
    name: "unknown-cost",
    title: "Unknown cost",
    judges: "Whether every part of the plan has a price. A cost that nobody knows is never taken for zero.",
    effect: { tone: "warning", word: "Needs approval" },
    setBy: "The price book",
  },
  {
    name: "budget",
    title: "Project budget",
    judges: "What the project's environments and open requests would commit to a month, against its budget.",
    effect: { tone: "accent", word: "Warns" },
    setBy: "Monthly budget of the project",
  },
  {
    name: "cloud-warnings",
    title: "Cloud warnings",
    judges: "Risks that a chosen cloud reports for the plan, such as a container that runs as root.",
    effect: { tone: "accent", word: "Warns" },
    setBy: "Cloud settings, which can block the risk instead",
  },
  {
    name: "quota",
    title: "Quotas",
    judges:
      "CPU, memory, storage and number of environments, reserved the moment a request is submitted, so that two requests never share the last of anything.",
    effect: { tone: "bad", word: "Denied" },
    setBy: "Quotas of the project",
  },
  {
    name: "second-person",
    title: "A second person",
    judges:
      "Who decides: nobody approves their own request, and a decision holds only for the exact plan it was made on.",
    effect: { tone: "bad", word: "Denied" },
    setBy: "Always in force",
  },
];

/** The built-in guardrails: what each looks at, what it does, and where its limit is set. */
export function GuardrailList() {
  return (
    <Card title="Guardrails" aside="built in, always on" flush>
      <ul className="divide-y">
        {guardrails.map((rule) => (
          <li key={rule.name} className="grid gap-x-6 gap-y-1 px-4 py-3.5 md:grid-cols-[14rem_1fr_9rem]">
            <div>
              <h3 className="font-semibold">{rule.title}</h3>
              <p className="font-mono text-xs text-muted">{rule.name}</p>
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
