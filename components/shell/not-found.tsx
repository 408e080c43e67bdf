"use client";

import { ButtonLink } from "@/components/ui/button";
import { Failure } from "./failure";

/**
 * For addresses that lead nowhere, and alike for what this person may not see. Every page carries it for the case: as a
 * reference to what the browser has.
 */
export function NotFound() {
  return (
    <>
      {/* The page that would have named itself did not come to be. */}
      <title>Nothing here · Rostrum</title>
      <Failure
        title="There is nothing here"
        standing="It may have been removed, or it belongs to a project you are not a member of."
        todo="Check the address, or ask the project's owner to add you."
        actions={
          <>
            <ButtonLink href="/" variant="primary">
              Go home
            </ButtonLink>
            <ButtonLink href="/catalog">Catalog</ButtonLink>
          </>
        }
      />
    </>
  );
}
