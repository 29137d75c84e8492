/** A version is served for about two years, one for ads for about one. WhatsApp names its own. Source: changelog of July 2026. */
export const META_GRAPH_VERSION = 'v26.0';
export const GRAPH_HOST = 'graph.facebook.com';

/** The path of a node or an edge as a constant: `/v26.0/me/adaccounts`. */
export const graphPath = <P extends string>(path: P) => `/${META_GRAPH_VERSION}${path}` as const;
