import { wholeNumber } from "./values";

/** How many uploads may be stored at once, and how large they may be together. */
export interface UploadRoom {
  readonly uploads: number;
  readonly bytes: number;
}

/** The settings that bound what is stored of uploads. */
export const uploadSettings = {
  UPLOADS_PER_PROJECT: wholeNumber(1, 100_000, 200),
  UPLOAD_MIB_PER_PROJECT: wholeNumber(1, 1_000_000, 1_024),
  UPLOADS_PER_USER: wholeNumber(1, 100_000, 100),
  UPLOAD_MIB_PER_USER: wholeNumber(1, 1_000_000, 512),
};

/** What a project and a user may have stored. */
export function uploadRoomOf(values: Record<keyof typeof uploadSettings, number>) {
  const room = (uploads: number, mebibytes: number): UploadRoom =>
    Object.freeze({ uploads, bytes: mebibytes * 2 ** 20 });
  return Object.freeze({
    project: room(values.UPLOADS_PER_PROJECT, values.UPLOAD_MIB_PER_PROJECT),
    user: room(values.UPLOADS_PER_USER, values.UPLOAD_MIB_PER_USER),
  });
}
