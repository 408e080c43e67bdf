/** A file of the template version, by its path inside the version. */
export interface TemplateFile {
  path: string;
  content: Uint8Array;
  executable: boolean;
}

/** The repository a credential is asked for: an address taken apart, host in lower case. */
export interface GitAddress {
  protocol: "https:" | "http:";
  host: string;
  port: number;
  path: string;
}

export interface GitCredential {
  username: string;
  password: string;
}

/** Reads files of the template version: one file, or everything under a folder (paths relative to it). */
export interface FileSource {
  list(pathPrefix: string): Promise<TemplateFile[]>;
  /** Content of an uploaded archive (.tar.gz or .zip is told by its bytes). */
  upload(id: string): Promise<Uint8Array>;
  /**
   * The project's credential for a Git repository, null when it has none. For Git alone, over a file descriptor:
   * never in arguments, environment, files or log lines. Absent where no project stands behind the files.
   */
  gitCredential?(address: GitAddress): Promise<GitCredential | null>;
}
