"use client";

import { createContext } from "react";

/** The project that files uploaded in a form belong to; undefined where the form has none. */
export const UploadProject = createContext<string | undefined>(undefined);
