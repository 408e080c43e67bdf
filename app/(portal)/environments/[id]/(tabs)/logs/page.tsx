import { firstParam, type SearchParams } from "@/components/data/list-params";
import { ComponentLog } from "@/components/environments/component-log";
import { readEnvironment } from "../environment";

export default async function LogsPage(props: {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}) {
  const [{ id }, search] = await Promise.all([props.params, props.searchParams]);
  const { environment } = await readEnvironment(id);
  const components = environment.resources.map(({ component, title }) => ({ component, title }));
  const wanted = firstParam(search, "component");
  // The last one is what people reach, and mostly what they want to read.
  const selected = components.find((one) => one.component === wanted) ?? components.at(-1);
  return (
    <ComponentLog
      environmentId={id}
      name={environment.name}
      components={components}
      selected={selected?.component ?? ""}
      secretsHidden={!environment.can.reveal}
    />
  );
}
