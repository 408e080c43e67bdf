"use client";

import { Eye, EyeOff } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { IconButton } from "@/components/ui/icon-button";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import { type ConnectRecipe, connectRecipes } from "./connect-recipes";
import { DrawerSection } from "./drawer-section";
import { mayLink } from "./link-rows";
import { useReveal } from "./use-reveal";

export interface ComponentConnectProps {
  environment: EnvironmentDetail;
  resource: ResourceDto;
}

/** Lines to copy that reach a component. A secret is a placeholder in them until it is revealed. */
export function ComponentConnect({ environment, resource }: ComponentConnectProps) {
  const portal = typeof window === "undefined" ? "" : window.location.origin;
  const recipes = connectRecipes(resource, { environmentId: environment.id, portal });
  const secret = recipes.find((recipe) => recipe.secret)?.secret;
  const output = secret ?? { name: "", component: resource.component };
  const { value, pending, reveal, hide } = useReveal(environment.id, output);
  const aside = !secret ? null : value !== undefined ? (
    <IconButton label="Hide secret" onClick={hide}>
      <EyeOff aria-hidden />
    </IconButton>
  ) : environment.can.reveal ? (
    <Button variant="ghost" size="sm" loading={pending} onClick={reveal} title="Recorded in the audit log">
      <Eye aria-hidden /> Reveal secret
    </Button>
  ) : (
    "Only developers and owners can reveal secrets."
  );
  return (
    <DrawerSection title="Connect" aside={aside}>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {recipes.map((recipe) => (
          <RecipeRow
            key={recipe.label}
            recipe={recipe}
            text={value !== undefined && recipe.secret ? recipe.secret.withValue(value) : recipe.text}
            link={recipe.href !== undefined && mayLink(environment, recipe.href)}
          />
        ))}
      </ul>
    </DrawerSection>
  );
}

/** One line to copy, with what it is for. */
export function RecipeRow(props: { recipe: ConnectRecipe; text: string; link: boolean }) {
  const { recipe, text, link } = props;
  return (
    <li className="flex items-start gap-x-2 rounded-control border bg-subtle py-1.5 pr-1.5 pl-3 max-sm:flex-wrap">
      <span className="w-24 shrink-0 pt-1 text-xs text-muted max-sm:w-full">{recipe.label}</span>
      {link ? (
        <a
          href={text}
          target="_blank"
          rel="noreferrer"
          className="link min-w-0 flex-1 pt-1 text-xs break-all"
        >
          {text}
        </a>
      ) : (
        <code className="min-w-0 flex-1 pt-1 font-mono text-xs break-all">{text}</code>
      )}
      <CopyButton value={text} label={`Copy ${recipe.label}`} />
    </li>
  );
}
