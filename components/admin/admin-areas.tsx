"use client";

import Link from "next/link";
import { navIcons } from "@/components/shell/nav-icons";

const areas: Readonly<Record<string, { title: string; text: string }>> = {
  "/admin/templates": { title: "Templates", text: "Author, review and publish template versions" },
  "/admin/clouds": { title: "Clouds", text: "Where environments run, with health and capacity" },
  "/admin/policies": { title: "Policies", text: "Rules that every plan is checked against" },
  "/admin/projects": { title: "Projects and cost centers", text: "Teams, limits and cost allocation" },
  "/admin/users": { title: "Users", text: "Accounts and organization roles" },
  "/admin/audit": { title: "Audit log", text: "Every change, with its actor and outcome" },
  "/admin/system": { title: "System", text: "Workers and job queues" },
  "/admin/settings": { title: "Settings", text: "Email, webhooks and deliveries" },
};

/** The pages of the administration that this person may open. */
export function AdminAreas({ hrefs }: { hrefs: readonly string[] }) {
  return (
    <section aria-label="Pages">
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {hrefs.map((href) => {
          const area = areas[href];
          if (!area) return null;
          return (
            <li key={href}>
              <Link
                href={href}
                className="flex h-full items-start gap-3 rounded-card border bg-panel px-4 py-3.5 shadow-panel transition-colors hover:border-line-strong [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
              >
                {navIcons[href]}
                <span className="min-w-0">
                  <span className="block font-semibold">{area.title}</span>
                  <span className="block text-xs text-muted">{area.text}</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
