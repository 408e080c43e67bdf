import Dockerode from "dockerode";
import { findLocalDocker } from "@/lib/clouds/docker/find-local";
import { leftovers } from "../../support/docker-cloud";
import { canBuildImages, ensureTestImage, type TestImage } from "../../support/docker-images";

/** The images that the template names, and what stands in for them where they cannot be pulled. */
const images: Record<string, TestImage> = { "postgres:17": "postgres", "node:22-slim": "node" };

/** The machine's Docker engine with the images of the template on it. */
export interface DockerForTests {
  docker: Dockerode;
  /** What exists of an environment: "container name", "network name", "volume name". */
  thingsOf(environmentId: string): Promise<string[]>;
  /** Takes away again what was put there. */
  restore(): Promise<void>;
}

/** Null, said aloud, where no engine answers: Rostrum then has no Docker cloud either. */
export async function openDocker(): Promise<DockerForTests | null> {
  const found = await findLocalDocker();
  if (!found || !canBuildImages()) {
    console.warn("SKIPPED: no Docker engine answers: the story does not run as containers here");
    return null;
  }
  const docker = new Dockerode({
    host: undefined,
    ...found.config,
    protocol: "http",
  } as Dockerode.DockerOptions);
  const added: string[] = [];
  for (const [name, recipe] of Object.entries(images)) {
    if (await exists(docker, name)) continue;
    const [repo = "", tag = ""] = name.split(":");
    await docker.getImage(await ensureTestImage(docker, recipe)).tag({ repo, tag });
    added.push(name);
  }
  return {
    docker,
    thingsOf: async (environmentId) => (await leftovers(docker, environmentId)).sort(),
    restore: async () => {
      for (const name of added) await docker.getImage(name).remove({ noprune: true });
    },
  };
}

async function exists(docker: Dockerode, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}
