import { defineFeature } from '../feature.ts';

/** Bringing what connected accounts hold into the modules that own it. It has no routes: the health of a connection says how it goes. */
export const imports = defineFeature('imports', {});
