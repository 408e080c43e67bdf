"use client";

import { ButtonLink } from "@/components/ui/button";
import { Failure } from "./failure";

/**
 * For objects that do not exist, and alike for those this user may not see. Every page carries it for the case: as a
 * reference to what the browser has.
 */
export function NotFound() {
  return (
    <>
      {/* The page that would have set its title was never rendered. */}
      <title>Not found · Rostrum</title>
      <Failure
        title="Not found"
        standing="This link leads to something that doesn’t exist, was deleted, or belongs to a project you aren’t a member of."
        todo="If a colleague sent you the link, ask an owner of the project to add you."
        actions={<WaysOut />}
      />
    </>
  );
}

/** For URLs that no page has. */
export function PageNotFound() {
  return (
    <>
      <title>Page not found · Rostrum</title>
      <Failure
        title="Page not found"
        standing="No page exists at this URL."
        todo="Check the URL for typos, or start from one of these pages."
        actions={<WaysOut />}
      />
    </>
  );
}

export function WaysOut() {
  return (
    <>
      <ButtonLink href="/" variant="primary">
        Go home
      </ButtonLink>
      <ButtonLink href="/catalog">Catalog</ButtonLink>
    </>
  );
}
