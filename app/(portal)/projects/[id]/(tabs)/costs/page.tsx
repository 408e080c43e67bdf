import { ProjectCosts } from "@/components/projects/project-costs";
import { costItems } from "@/lib/features/chargeback";
import { monthOfProjects } from "@/lib/features/home";
import { orForbidden } from "../../../../or-not-found";
import { type ProjectTabProps, readProject } from "../project";

const days = 30;
const shown = 20;

export default async function ProjectCostsPage({ params }: ProjectTabProps) {
  const { viewer, project, may } = await readProject((await params).id);
  orForbidden(may("cost.read"));
  const { currency } = project;
  const [costs, months] = await Promise.all([
    costItems(viewer, { group: "project", key: project.id, days, currency, limit: shown }),
    monthOfProjects(viewer),
  ]);
  const month = months.find((one) => one.id === project.id);
  return <ProjectCosts projectId={project.id} month={month} costs={costs} days={days} />;
}
