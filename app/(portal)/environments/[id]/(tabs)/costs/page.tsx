import { CostLines } from "@/components/environments/cost-lines";
import { titlesOf } from "@/components/environments/looks";
import { environmentCost } from "@/lib/features/chargeback";
import { orNotFound } from "../../../../or-not-found";
import { readEnvironment } from "../environment";

export default async function EnvironmentCostsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer, environment } = await readEnvironment(id);
  const cost = await orNotFound(environmentCost(viewer, id));
  return <CostLines environmentId={id} cost={cost} titles={titlesOf(environment.resources)} />;
}
