import { BackupList } from "@/components/environments/backup-list";
import { getProtection, listBackups } from "@/lib/features/backups";
import { readEnvironment } from "../environment";

export default async function BackupsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer, environment } = await readEnvironment(id);
  const [backups, protection] = await Promise.all([listBackups(viewer, id), getProtection(viewer, id)]);
  return <BackupList environment={environment} backups={backups} protection={protection} />;
}
