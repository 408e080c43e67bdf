"use client";

import { useRouter } from "next/navigation";
import { startTransition, useEffect } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { Failure } from "./failure";

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
      title="This page could not be shown"
      standing="Something failed while it was put together. Your environments and everything under way go on as before; only this view is affected."
      todo="Try again. If it stays, tell an administrator and quote the reference below."
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
