"use client";

import { ArrowRight, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { Avatar } from "@/components/ui/avatar";
import { type DemoRole, demoRoleLabels } from "@/lib/features/identity/schema";
import { signInWith } from "./sign-in-with";

export interface DemoPeopleProps {
  next: string;
  people: { role: DemoRole; name: string }[];
}

/** One button per role of the demo organization. */
export function DemoPeople({ next, people }: DemoPeopleProps) {
  const [busy, setBusy] = useState<DemoRole>();
  const [problem, setProblem] = useState<string>();

  async function enter(role: DemoRole) {
    setBusy(role);
    setProblem(undefined);
    const answer = await signInWith("demo", { role }, next);
    if (answer === null) return;
    setProblem(answer);
    setBusy(undefined);
  }

  return (
    <section className="grid gap-3" aria-labelledby="demo-people">
      <div className="text-center lg:text-left">
        <h2 id="demo-people" className="text-sm font-semibold">
          Try the demo
        </h2>
        <p className="mt-0.5 text-xs text-muted">Sign in as a demo user. Available in this browser only.</p>
      </div>
      {problem ? (
        <p role="alert" className="text-center text-sm text-bad-ink">
          {problem}
        </p>
      ) : null}
      <ul className="grid overflow-hidden rounded-card border bg-panel shadow-panel">
        {people.map(({ role, name }) => (
          <li key={role} className="border-b last:border-b-0">
            <button
              type="button"
              disabled={busy !== undefined}
              onClick={() => void enter(role)}
              className="group flex w-full items-center gap-3 px-4 py-2.5 text-left outline-none hover:bg-hover focus-visible:bg-hover focus-visible:ring-2 focus-visible:ring-accent focus-visible:ring-inset disabled:opacity-60"
            >
              <Avatar name={name} />
              <span className="min-w-0 flex-1">
                <span className="block text-sm font-medium">
                  {demoRoleLabels[role].title} <span className="font-normal text-muted">{name}</span>
                </span>
                <span className="block text-xs text-muted">{demoRoleLabels[role].sentence}</span>
              </span>
              {busy === role ? (
                <LoaderCircle className="size-4 animate-spin text-muted" aria-hidden />
              ) : (
                <ArrowRight
                  className="size-4 text-muted opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"
                  aria-hidden
                />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
