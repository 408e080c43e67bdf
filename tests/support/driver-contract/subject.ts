import type {
  CloudConnection,
  ComponentRef,
  DesiredComponent,
  Discovered,
  Driver,
  FileSource,
  Size,
} from "@/lib/clouds/contract";
import type { Present } from "../cloud-changes";

/** What the suite needs to know of a cloud it tries out. */
export interface ContractSubject {
  connection: CloudConnection;
  /** A second connection to the same cloud, as another worker has one. */
  reopen(): Promise<CloudConnection>;
  files: FileSource;
  /** A component with one web port that answers `greeting` on /, one volume named `data`, and that can be scaled. */
  desired(options: { greeting: string; replicas?: number; size?: Partial<Size> }): DesiredComponent;
  /** A component that ends right after its start, or whose image is missing; null where nothing can fail so. */
  broken: DesiredComponent | null;
  /** Whether `url` is served by something real. */
  answers: boolean;
  /** Ends what runs from outside, without the driver knowing. */
  kill?(ref: ComponentRef, observation: Present): Promise<void>;
  /** Makes things as if the worker had died after the outside call and before writing it down. */
  forgetStart?(ref: ComponentRef, key: string): Promise<void>;
  /** Identity of what runs, to prove that it was kept or exchanged. */
  identity(observation: Present): string;
  /** Creates something that is not ours in the cloud; answers its removal. */
  stranger?(): Promise<{ isIt(found: Discovered): boolean; remove(): Promise<void> }>;
  /** Makes something of a component vanish or break outside, by the name of each way there is. */
  vanish?: Record<string, (ref: ComponentRef) => Promise<void>>;
  /** Which of those ways take data with them. */
  losesData?: readonly string[];
  /** A component that answers once and then ends; null where nothing real runs. */
  fleeting?(): DesiredComponent;
  /** Commands run inside the component, for writing and reading a file of the volume. */
  write?(text: string): string[];
  read?(): string[];
  /** Path for copyOut and copyIn that names the volume. */
  volumePath?: string;
  /** Anything of the environment that is left outside the driver's own view (ports, directories, networks). */
  leftovers?(environmentId: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ContractSetup {
  driver: Driver;
  badConfig: Record<string, unknown>;
  open(): Promise<ContractSubject>;
  /** Why the cloud cannot be tried here; null when it can. */
  skip?: string | null;
}
