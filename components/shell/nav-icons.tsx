"use client";

import {
  BadgeCheck,
  Bell,
  Boxes,
  ChartNoAxesColumn,
  CirclePlay,
  Cloud,
  FileCode,
  FolderKanban,
  House,
  Inbox,
  Layers,
  ListChecks,
  ScrollText,
  ShieldCheck,
  Tag,
  Users,
  Wallet,
  Webhook,
} from "lucide-react";
import type { ReactNode } from "react";

/** The mark of every screen of the sidebar, by its address. Known to the browser: entries travel without them. */
export const navIcons: Readonly<Record<string, ReactNode>> = {
  "/": <House />,
  "/catalog": <Layers />,
  "/environments": <Boxes />,
  "/requests": <Inbox />,
  "/approvals": <BadgeCheck />,
  "/costs": <Wallet />,
  "/runs": <CirclePlay />,
  "/reports": <ChartNoAxesColumn />,
  "/notifications": <Bell />,
  "/admin/templates": <FileCode />,
  "/admin/clouds": <Cloud />,
  "/admin/policies": <ShieldCheck />,
  "/admin/prices": <Tag />,
  "/admin/people": <Users />,
  "/admin/projects": <FolderKanban />,
  "/admin/notifications": <Webhook />,
  "/admin/queues": <ListChecks />,
  "/admin/audit": <ScrollText />,
};
