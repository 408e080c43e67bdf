"use client";

import "./globals.css";
import { useEffect } from "react";
import { Failure } from "@/components/shell/failure";
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
        <title>Rostrum could not be shown</title>
        <Failure
          title="Rostrum could not be shown"
          standing="The portal failed before it could draw anything. Environments and work under way are run by other processes and go on."
          todo="Reload in a moment. If it stays, tell whoever operates Rostrum and quote the reference below."
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
