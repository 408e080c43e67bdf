"use client";

import {
  Boxes,
  ChartNoAxesColumn,
  Cloud,
  FileCode,
  FolderKanban,
  Gauge,
  House,
  Inbox,
  Layers,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  Users,
  Wallet,
} from "lucide-react";
import type { ReactNode } from "react";

/** The mark of every screen of the sidebar, by its address. Known to the browser: entries travel without them. */
export const navIcons: Readonly<Record<string, ReactNode>> = {
  "/": <House />,
  "/catalog": <Layers />,
  "/environments": <Boxes />,
  "/requests": <Inbox />,
  "/projects": <FolderKanban />,
  "/costs": <Wallet />,
  "/insights": <ChartNoAxesColumn />,
  "/admin": <Gauge />,
  "/admin/templates": <FileCode />,
  "/admin/clouds": <Cloud />,
  "/admin/policies": <ShieldCheck />,
  "/admin/users": <Users />,
  "/admin/projects": <FolderKanban />,
  "/admin/settings": <Settings />,
  "/admin/system": <Server />,
  "/admin/audit": <ScrollText />,
};
