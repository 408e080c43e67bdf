"use client";

import "./globals.css";
import { useEffect } from "react";
import { Failure, supportSentence } from "@/components/shell/failure";
import { Button } from "@/components/ui/button";

/** The last resort: the root layout itself failed, so this page brings its own document. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  // What chooses the theme elsewhere failed with the layout.
  useEffect(() => {
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.classList.toggle("dark", dark);
  }, []);
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Rostrum</title>
        <Failure
          title="Something went wrong"
          standing="The portal couldn’t load. Your environments and running jobs are not affected."
          todo={`Reload the page. ${supportSentence(error.digest)}`}
          reference={error.digest}
          actions={
            <Button variant="primary" onClick={() => window.location.reload()}>
              Reload
            </Button>
          }
        />
      </body>
    </html>
  );
}
