"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";

/** A page that takes longer has failed or stays where it is: the line doesn't promise anything then. */
const mostMs = 20_000;

/** A thin line at the top from a click on a link until its page is there. Pages that come at once show none. */
export function NavigationProgress() {
  return useNavigating() ? (
    <div role="progressbar" aria-label="Loading page" className="navigation-progress" />
  ) : null;
}

function useNavigating(): boolean {
  const pathname = usePathname();
  const params = useSearchParams();
  const here = `${pathname}?${params}`;
  // The address that is being left: once another is shown, the page is there.
  const [leaving, setLeaving] = useState<string>();
  useEffect(() => {
    const note = (event: MouseEvent) => {
      if (leadsElsewhere(event)) setLeaving(here);
    };
    // After the link itself, which takes those clicks over that stay within the portal.
    document.addEventListener("click", note);
    return () => {
      document.removeEventListener("click", note);
      setLeaving(undefined);
    };
  }, [here]);
  useEffect(() => {
    if (leaving === undefined) return;
    const timer = setTimeout(() => setLeaving(undefined), mostMs);
    return () => clearTimeout(timer);
  }, [leaving]);
  return leaving === here;
}

/** Whether a click opens another page of the portal in this tab, without loading the document. */
function leadsElsewhere(event: MouseEvent): boolean {
  if (!event.defaultPrevented || event.button !== 0) return false;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || (link.target && link.target !== "_self")) return false;
  const { origin, pathname, search } = new URL(link.href);
  return origin === location.origin && pathname + search !== location.pathname + location.search;
}
