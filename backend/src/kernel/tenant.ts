/** The client of an agency that something belongs to. */
export type TenantRef = { readonly agencyId: string; readonly clientId: string };
