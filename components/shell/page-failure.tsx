"use client";

import { useRouter } from "next/navigation";
import { startTransition, useEffect } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { Failure, supportSentence } from "./failure";

export interface PageFailureProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** Shown by an error boundary in place of the page it guards. */
export function PageFailure({ error, reset }: PageFailureProps) {
  const router = useRouter();
  useEffect(() => console.error(error), [error]);
  return (
    <Failure
      title="Couldn’t load this page"
      standing="An unexpected error occurred. Your environments and running jobs are not affected."
      todo={`Try again. ${supportSentence(error.digest)}`}
      reference={error.digest}
      actions={
        <>
          <Button
            variant="primary"
            onClick={() =>
              startTransition(() => {
                router.refresh();
                reset();
              })
            }
          >
            Try again
          </Button>
          <ButtonLink href="/">Go home</ButtonLink>
        </>
      }
    />
  );
}
