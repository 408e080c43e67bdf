import { ownerOptions } from "@/components/environments/owner-options";
import { SettingsView } from "@/components/environments/settings-view";
import type { FormPage } from "@/components/forms/types";
import { listBackups } from "@/lib/features/backups";
import { listMembers } from "@/lib/features/projects";
import { getRequestForm } from "@/lib/features/requests";
import { orNotFound } from "../../../../or-not-found";
import { readEnvironment } from "../environment";

export default async function SettingsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer, environment } = await readEnvironment(id);
  const { name, version } = environment.template;
  const [backups, form, members] = await orNotFound(
    Promise.all([
      listBackups(viewer, id),
      getRequestForm(viewer, name, version),
      environment.can.transfer ? listMembers(viewer, environment.project.id) : [],
    ]),
  );
  const fields = (form.detail.form as FormPage[]).flatMap((page) => page.fields);
  const titles = Object.fromEntries(fields.map((field) => [field.name, field.title]));
  const candidates = ownerOptions(members, environment.owner.id);
  return <SettingsView {...{ environment, backups, titles, candidates }} />;
}
