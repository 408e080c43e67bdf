/** The methods of the API. HEAD and OPTIONS are answered by Next itself. */
export const httpMethods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type HttpMethod = (typeof httpMethods)[number];
