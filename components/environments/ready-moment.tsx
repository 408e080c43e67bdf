"use client";

import { ArrowUpRight, CircleCheck, X } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatCount } from "@/lib/kernel/format";
import { RecipeRow } from "./component-connect";
import { mainRecipes } from "./connect-recipes";
import { useReadyMoment } from "./use-ready-moment";

export interface ReadyMomentProps {
  environment: EnvironmentDetail;
  /** The viewer owns it. */
  isOwner: boolean;
}

/** The moment a creation has finished: open it, or connect. Said once, and to screen readers too. */
export function ReadyMoment({ environment, isOwner }: ReadyMomentProps) {
  const { isShown, dismiss } = useReadyMoment(environment, isOwner);
  return (
    <div role="status" className="contents">
      {isShown && !environment.failedChange ? <Ready environment={environment} onDismiss={dismiss} /> : null}
    </div>
  );
}

function Ready({ environment, onDismiss }: { environment: EnvironmentDetail; onDismiss: () => void }) {
  const { id, name, url, resources, template } = environment;
  const recipes = mainRecipes(environment, { environmentId: id, portal: window.location.origin });
  return (
    <section
      aria-label="Ready"
      className="relative grid grid-cols-[minmax(0,1fr)] items-start gap-x-8 gap-y-4 rounded-card border border-good-line bg-good-soft px-5 py-4 animate-in fade-in-0 slide-in-from-top-2 duration-500 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]"
    >
      <div className="grid justify-items-start gap-3 pr-8 lg:pr-0">
        <div>
          <h2 className="flex items-center gap-2 text-lg font-semibold">
            <CircleCheck aria-hidden className="size-5 shrink-0 text-good-ink" /> {name} is ready
          </h2>
          <p className="mt-0.5 text-ink-soft">
            {template.title} with {formatCount(resources.length, "component")} is running.
          </p>
        </div>
        {url ? (
          <ButtonLink href={url} variant="accent" size="lg" external>
            Open {name} <ArrowUpRight aria-hidden />
          </ButtonLink>
        ) : null}
      </div>
      {recipes.length > 0 ? (
        <div className="min-w-0 lg:pr-8">
          <h3 className="mb-1.5 text-sm font-semibold">How to connect</h3>
          <ul className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
            {recipes.map((recipe) => (
              <RecipeRow key={recipe.label} recipe={recipe} text={recipe.text} link={false} />
            ))}
          </ul>
          {recipes.some((recipe) => recipe.secret) ? (
            <p className="mt-1.5 text-xs text-ink-soft">
              Select a component in the topology to fill in its secret.
            </p>
          ) : null}
        </div>
      ) : null}
      <IconButton label="Close" className="absolute top-2.5 right-2.5" onClick={onDismiss}>
        <X aria-hidden />
      </IconButton>
    </section>
  );
}
