import { SettingsView } from "@/components/environments/settings-view";
import type { FormPage } from "@/components/forms/types";
import { listBackups } from "@/lib/features/backups";
import { getRequestForm } from "@/lib/features/requests";
import { orNotFound } from "../../../../or-not-found";
import { readEnvironment } from "../environment";

export default async function SettingsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer, environment } = await readEnvironment(id);
  const { name, version } = environment.template;
  const [backups, form] = await orNotFound(
    Promise.all([listBackups(viewer, id), getRequestForm(viewer, name, version)]),
  );
  const fields = (form.detail.form as FormPage[]).flatMap((page) => page.fields);
  const titles = Object.fromEntries(fields.map((field) => [field.name, field.title]));
  return <SettingsView environment={environment} backups={backups} titles={titles} />;
}
