import type { ReplyOf, Routes } from '@astrix/contract';

/** Who can sign in to the demo, with the authenticator code of this moment. */
export type DemoPeople = () => Promise<ReplyOf<Routes['identity.demo-people']>['people']>;
